/**
 * As whom PostgreSQL runs. It refuses root, for good reason; so where Floorcast runs as root, its PostgreSQL runs as a
 * system user, to whom the cluster belongs. A checkout in a private folder (`/root`) is out of that user's reach: then the
 * server keeps root's right to pass closed folders, and nothing else of root.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { AppError } from '../errors.ts';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export interface RunAs {
  /** Null: as the user of this process. */
  readonly ids: UserIds | null;
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
}

/** An own user first, then that of a system PostgreSQL; `nobody` where none can be made. */
const USERS = ['floorcast', 'postgres'];
const ADD_USER: readonly (readonly string[])[] = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'floorcast'],
  ['adduser', '-S', '-D', '-H', 'floorcast'],
];

/**
 * `folder` holds the cluster, or will; `program` is PostgreSQL. A cluster keeps its user. `endsWithParent` asks the system
 * to stop the server (SIGINT) when this process dies; not every system can.
 */
export function runAs(folder: string, cluster: string, program: string, endsWithParent: boolean): RunAs {
  const canSet = process.platform === 'linux' && spawnSync('setpriv', ['--version']).status === 0;
  const isRoot = process.getuid?.() === 0;
  const withParent = endsWithParent && canSet && works([...SETPRIV_PARENT, 'true']) ? SETPRIV_PARENT : [];
  if (!isRoot) return { ids: null, spawn: (...call) => start(withParent, ...call) };
  const ids = ownerOf(cluster) ?? systemUser();
  if (!canSet) {
    if (!works(['test', '-x', folder], ids) || !works(['test', '-x', program], ids))
      throw outOfReach(ids, folder, program);
    return { ids, spawn: (name, args, options) => spawn(name, args, { ...options, ...ids }) };
  }
  const drop = ['setpriv', '--reuid', `${ids.uid}`, '--regid', `${ids.gid}`, '--clear-groups'];
  const pass = ['--inh-caps', '+dac_override', '--ambient-caps', '+dac_override', '--securebits', '+no_setuid_fixup'];
  const prefix = [drop, [...drop, ...pass]].find(
    (words) => works([...words, 'test', '-x', folder]) && works([...words, 'test', '-x', program]),
  );
  if (prefix === undefined) throw outOfReach(ids, folder, program);
  return { ids, spawn: (...call) => start([...prefix, ...withParent.slice(1)], ...call) };
}

const outOfReach = ({ uid }: UserIds, folder: string, program: string): AppError =>
  new AppError(
    'database.missing',
    `PostgreSQL does not run as root, and user ${uid} cannot reach ${folder} or ${program}. Move Floorcast out of a private folder such as /root, run it as another user, or set DATABASE_URL.`,
  );

const SETPRIV_PARENT = ['setpriv', '--pdeathsig', 'INT'];

function start(
  prefix: readonly string[],
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const [command, ...words] = [...prefix, program, ...args] as [string, ...string[]];
  return spawn(command, words, options);
}

const works = ([command, ...args]: readonly string[], ids?: UserIds): boolean =>
  spawnSync(command ?? '', args, { ...ids }).status === 0;

/** Null also where the cluster is root's: a backup was copied back by hand. */
function ownerOf(cluster: string): UserIds | null {
  const found = statSync(cluster, { throwIfNoEntry: false });
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : null;
}

function systemUser(): UserIds {
  const known = USERS.map(idsOf).find((ids) => ids !== null);
  if (known) return known;
  for (const command of ADD_USER) {
    const made = works(command) && idsOf('floorcast');
    if (made) return made;
  }
  const nobody = idsOf('nobody');
  if (nobody) return nobody;
  throw new AppError(
    'database.missing',
    'PostgreSQL does not run as root and there is no other user. Add one (useradd --system floorcast) or set DATABASE_URL.',
  );
}

function idsOf(user: string): UserIds | null {
  const ask = (flag: string) => spawnSync('id', [flag, user], { encoding: 'utf8' });
  const [uid, gid] = [ask('-u'), ask('-g')];
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : null;
}
