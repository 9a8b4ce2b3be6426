/**
 * Acting on a PBX over HTTP. Who may is decided here, by the floor as this gateway sees it; what becomes of it is decided by
 * the process that holds the PBX. No act without a record: what is asked is in the audit log before it is placed, and its
 * end follows.
 */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { API } from '../../../shared/api.ts';
import type { ActingAnswer } from '../../../shared/api-command.ts';
import {
  type Command,
  type CommandPlace,
  type CommandStatus,
  type Do,
  isOver,
  mayCommand,
  type Order,
  rowsByQueue,
  undoOf,
} from '../../../shared/command.ts';
import type { Row } from '../../../shared/delta.ts';
import { type Subject, viewOf } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import { listIn, textIn } from '../cells.ts';
import type { Entered } from '../door.ts';
import { Reply, type Route, type RouteOptions, route } from '../route.ts';
import { Sight } from '../sight.ts';
import type { Views } from '../site-rows.ts';

/** See server/redis/commands.ts. */
export interface CommandPort {
  place(site: string, order: Order): Promise<'placed' | 'known' | 'tooLate'>;
  read(site: string, id: string): Promise<CommandStatus | null>;
  acting(site: string): Promise<ActingAnswer | null>;
}

/** See server/auth/audit.ts. */
export interface AuditRecord {
  readonly who: Pick<Subject, 'kind' | 'id' | 'name'>;
  readonly act: string;
  readonly site: string;
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly from: string;
}

export interface AuditPort {
  /** Rejects where the record cannot be kept: then nothing is done either. */
  record(entry: AuditRecord): Promise<void>;
}

interface CommandRoutesOptions extends RouteOptions {
  /** How long a request waits for the end of its command. */
  readonly waitMs?: number;
}

const WAIT_MS = 1_500;
/** Every command is over by then (server/redis/commands.ts). */
const FOLLOW_MS = 45_000;
const LOOK_MS = { first: 25, growth: 1.5, most: 500 };

const ACT_OF: Readonly<Record<Do, string>> = {
  pause: 'agent.paused',
  unpause: 'agent.unpaused',
  'join-queue': 'agent.queueJoined',
  'leave-queue': 'agent.queueLeft',
  'set-penalty': 'agent.penaltySet',
  'hang-up': 'call.hungUp',
  monitor: 'call.monitored',
  message: 'agent.messaged',
};

export function commandRoutes(
  views: Views,
  commands: CommandPort,
  audit: AuditPort,
  options: CommandRoutesOptions,
): Route[] {
  const { log, waitMs = WAIT_MS } = options;

  /** Where the command acts, and what the floor shows of it; null for an agent out of sight, who is as good as none. */
  const lookUp = (site: string, command: Command, subject: Subject): Located | null => {
    const { agent } = command;
    if (agent === null) return { place: { site, team: null }, floor: null };
    const row = views.view(site, 'agents')?.row('agents', agent);
    if (!row || !new Sight(viewOf(subject)).hasAgent(row)) return null;
    const floor = floorOf(agent, row);
    return { place: { site, team: floor.team, queues: touchedBy(command, floor) }, floor };
  };

  const carryOut = async (
    site: string,
    { command, undoes, restores }: Pick<Order, 'command' | 'undoes' | 'restores'>,
    { subject, from }: Entered,
  ): Promise<CommandStatus> => {
    requireSite(site);
    const located = lookUp(site, command, subject);
    if (!located) throw new AppError('agent.unknown');
    const { place, floor } = located;
    if (!mayCommand(subject, command, place)) throw new AppError('auth.forbidden');
    const { kind, id, name } = subject;
    const by = { kind, id, name };
    const known = await commands.read(site, command.id);
    if (known) {
      requireSame(known, command, by.id);
      return soon(site, command.id, untilOver(site, command.id));
    }
    const { id: _id, do: _do, agent: _agent, reason = '', ...asked } = { reason: undefined, ...command };
    const record = { who: by, site, subject: command.agent ?? callOf(command) ?? '', reason: reason || null, from };
    const about = { do: command.do, name: floor?.name ?? '', command: command.id, ...(undoes && { undoes }) };
    await audit.record({ ...record, act: 'command.asked', before: null, after: { ...about, asked, floor } });
    const recordEnd = (act: string, before: unknown, after: object): void => {
      const recorded = audit.record({ ...record, act, before, after: { ...about, ...after } });
      recorded.catch((err: unknown) => log.error({ site, command: command.id, err }, 'command.endNotRecorded'));
    };
    try {
      const order = { command, by, agentName: floor?.name ?? '', restores, undoes };
      const placed = await commands.place(site, order);
      if (placed === 'tooLate') throw new AppError('command.notUndoable');
    } catch (error) {
      const cause = error instanceof AppError ? error.code : 'server.failed';
      recordEnd('command.failed', null, { state: 'refused', cause });
      throw error;
    }
    const over = untilOver(site, command.id);
    over.then(
      ({ state, cause, detail, before, after }) => {
        if (state === 'confirmed') recordEnd(ACT_OF[command.do], rowsByQueue(before), rowsByQueue(after));
        else recordEnd('command.failed', null, { state, cause, detail });
      },
      (err: unknown) => log.error({ site, command: command.id, err }, 'command.endUnknown'),
    );
    return soon(site, command.id, over);
  };

  const soon = async (site: string, id: string, over: Promise<CommandStatus>): Promise<CommandStatus> =>
    (await Promise.race([over.catch(() => null), wait(waitMs, null)])) ?? requireCommand(site, id);

  const requireSite = (site: string): void => {
    if (!views.sites.includes(site)) throw new AppError('site.unknown');
  };

  const requireCommand = async (site: string, id: string): Promise<CommandStatus> => {
    const status = await commands.read(site, id);
    if (!status) throw new AppError('command.unknown');
    return status;
  };

  /** Another's command is told to those alone who could have given it. */
  const commandFor = async (site: string, id: string, subject: Subject): Promise<CommandStatus> => {
    requireSite(site);
    const status = await requireCommand(site, id);
    if (status.by.kind === subject.kind && status.by.id === subject.id && subject.id !== '') return status;
    const located = lookUp(site, status.command, subject);
    if (!located || !mayCommand(subject, status.command, located.place)) throw new AppError('command.unknown');
    return status;
  };

  const untilOver = async (site: string, id: string): Promise<CommandStatus> => {
    const since = performance.now();
    for (let pauseMs = LOOK_MS.first; ; pauseMs = Math.min(LOOK_MS.most, pauseMs * LOOK_MS.growth)) {
      const status = await requireCommand(site, id);
      if (isOver(status.state)) return status;
      await wait(pauseMs);
      if (performance.now() - since > FOLLOW_MS) throw new AppError('server.failed', 'the command never ends');
    }
  };

  return [
    route(API.acting, options, async ({ site }) => {
      requireSite(site);
      return (await commands.acting(site)) ?? { isAway: true, can: [], lacks: [] };
    }),
    route(API.placeCommand, options, async ({ site }, asked) => {
      const status = await carryOut(site, { command: asked.body, undoes: null, restores: null }, asked);
      return new Reply(202, status);
    }),
    route(API.command, options, ({ site, command: id }, { subject }) => commandFor(site, id, subject)),
    route(API.undoCommand, options, async ({ site, command: id }, asked) => {
      const undone = await commandFor(site, id, asked.subject);
      const command = undoOf(undone, undoIdOf(id));
      if (command === null) throw new AppError('command.notUndoable');
      const restores = { rows: undone.before, expected: undone.after };
      return new Reply(202, await carryOut(site, { command, undoes: id, restores }, asked));
    }),
  ];
}

interface Floor {
  readonly name: string;
  readonly team: string | null;
  readonly queues: readonly string[];
  readonly pausedIn: readonly string[];
  readonly presenceReason: string;
  readonly contactQueue: string | null;
}

interface Located {
  readonly place: CommandPlace;
  readonly floor: Floor | null;
}

const floorOf = (agent: string, row: Row): Floor => ({
  name: textIn('agents', row, 'name') ?? agent,
  team: textIn('agents', row, 'team'),
  queues: listIn('agents', row, 'queues'),
  pausedIn: listIn('agents', row, 'pausedIn'),
  presenceReason: textIn('agents', row, 'presenceReason') ?? '',
  contactQueue: textIn('agents', row, 'contactQueue'),
});

/** Queues that a command is about without naming them. */
function touchedBy(command: Command, { queues, contactQueue }: Floor): readonly string[] {
  // Whoever sees an agent may speak to them, whatever call they are on.
  if (command.do === 'message') return [];
  if ('queue' in command) return command.queue === null ? queues : [];
  return contactQueue === null ? [] : [contactQueue];
}

const callOf = (command: Command): string | null => (command.do === 'hang-up' ? command.call : null);

/** Asking twice is asking once, but only for the same and by the same. */
function requireSame(known: CommandStatus, command: Command, by: string): void {
  if (known.by.id === by && JSON.stringify(known.command) === JSON.stringify(command)) return;
  throw new AppError(known.undoes === null ? 'command.conflict' : 'command.notUndoable');
}

/** The same for every attempt to undo the same: it is undone once. */
function undoIdOf(id: string): string {
  const hex = createHash('sha256').update(`undo ${id}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
