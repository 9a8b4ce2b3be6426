/** Settings over HTTP: read by everybody, changed with the admin token, whole and by version. */
import { API } from '../../../shared/api.ts';
import type { AgentSettings, QueueSettings } from '../../../shared/setting.ts';
import { AppError } from '../../errors.ts';
import { type Asked, Reply, type Route, type RouteOptions, route } from '../route.ts';

interface SettingsOf {
  queue: QueueSettings;
  agent: AgentSettings;
}
type Kind = keyof SettingsOf;

interface Stored<K extends Kind> {
  readonly subject: string;
  readonly version: number;
  readonly settings: SettingsOf[K];
  readonly updatedAt: number | null;
}

/** What the gateway needs of the settings feature; app.ts connects the two. */
export interface SettingsPort {
  list(
    site: string,
  ): Promise<{ readonly queues: readonly Stored<'queue'>[]; readonly agents: readonly Stored<'agent'>[] }>;
  read<K extends Kind>(site: string, kind: K, subject: string): Promise<Stored<K>>;
  write<K extends Kind>(
    site: string,
    kind: K,
    subject: string,
    change: { readonly base: number; readonly settings: SettingsOf[K]; readonly by: string },
  ): Promise<Stored<K>>;
}

/** Who changed it, until there are users: whoever holds the token. */
const BY = 'admin token';

export function settingsRoutes(
  hasSite: (site: string) => boolean,
  settings: SettingsPort,
  options: RouteOptions,
): Route[] {
  const requireSite = (site: string): void => {
    if (!hasSite(site)) throw new AppError('site.unknown');
  };
  const write = <K extends Kind>(
    kind: K,
    site: string,
    subject: string,
    { body, ifMatch }: Asked<{ version?: number | undefined; settings: SettingsOf[K] }>,
  ) => {
    requireSite(site);
    const base = ifMatch ?? body.version;
    if (base === undefined) throw new AppError('settings.versionMissing');
    return settings.write(site, kind, subject, { base, settings: body.settings, by: BY });
  };
  return [
    route(API.settings, options, async ({ site }) => {
      requireSite(site);
      const { queues, agents } = await settings.list(site);
      return { queues: queues.map(ofQueue), agents: agents.map(ofAgent) };
    }),
    route(API.queueSettings, options, async ({ site, queue }) => {
      requireSite(site);
      return tagged(ofQueue(await settings.read(site, 'queue', queue)));
    }),
    route(API.changeQueueSettings, options, async ({ site, queue }, asked) =>
      tagged(ofQueue(await write('queue', site, queue, asked))),
    ),
    route(API.agentSettings, options, async ({ site, agent }) => {
      requireSite(site);
      return tagged(ofAgent(await settings.read(site, 'agent', agent)));
    }),
    route(API.changeAgentSettings, options, async ({ site, agent }, asked) =>
      tagged(ofAgent(await write('agent', site, agent, asked))),
    ),
  ];
}

const ofQueue = ({ subject, ...rest }: Stored<'queue'>) => ({ queue: subject, ...rest });
const ofAgent = ({ subject, ...rest }: Stored<'agent'>) => ({ agent: subject, ...rest });

const tagged = <B extends { readonly version: number }>(body: B): Reply<B> =>
  new Reply(200, body, { ETag: `"${body.version}"` });
