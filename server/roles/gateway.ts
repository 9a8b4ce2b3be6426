/** Role `gateway`: serves screens, API and sockets of every site it follows. */
import { BlockList, isIPv4 } from 'node:net';
import path from 'node:path';
import { actingSchema } from '../../shared/api-command.ts';
import { type CallBack, claimantOf } from '../../shared/call-back.ts';
import { type Auth, startAuth } from '../auth/auth.ts';
import { Boards } from '../boards/boards.ts';
import { Breaks } from '../breaks/breaks.ts';
import { startKeeper } from '../breaks/keeper.ts';
import { toldOf as toldOfBreak } from '../breaks/store.ts';
import type { Config } from '../config.ts';
import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import { breakFloor, breakRows } from '../gateway/break-floor.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../gateway/gateway.ts';
import type { Mirror, MirrorFeed } from '../gateway/mirror.ts';
import { within } from '../gateway/routes/health.ts';
import { createHistoryReader, type HistoryReader } from '../history/reader.ts';
import { Notices, type NoticesOptions } from '../notices/notices.ts';
import { dropRedis, type Redis } from '../redis/client.ts';
import { placeCommand, readActing, readCommand } from '../redis/commands.ts';
import { nextFactId } from '../redis/facts.ts';
import { redisHealth } from '../redis/health.ts';
import { readFrames, readView } from '../redis/stream.ts';
import { type Settings, startSettings } from '../settings/settings.ts';
import type { Node, Role } from './node.ts';

export interface Serving extends Role {
  readonly url: string;
  readonly mirror: Mirror;
  join(site: string): Promise<void>;
  leave(site: string): Promise<void>;
}

const noDatabase = async (): Promise<never> => {
  throw new AppError('database.unreachable', 'Settings, boards and history are kept in PostgreSQL; set DATABASE_URL.');
};
const NO_SETTINGS: GatewayOptions['settings'] = { list: noDatabase, read: noDatabase, write: noDatabase };
const NO_HISTORY: GatewayOptions['history'] = {
  agentDay: noDatabase,
  contacts: noDatabase,
  caller: noDatabase,
  callBack: noDatabase,
};

const NO_BREAKS: GatewayOptions['breaks'] = {
  desk: noDatabase,
  find: noDatabase,
  request: noDatabase,
  step: noDatabase,
};

const NO_BOARDS: GatewayOptions['boards'] & Pick<Boards, 'numberOf'> = {
  list: noDatabase,
  create: noDatabase,
  read: noDatabase,
  change: noDatabase,
  remove: noDatabase,
  versions: noDatabase,
  publish: noDatabase,
  rollBack: noDatabase,
  published: noDatabase,
  isFor: noDatabase,
  numberOf: async () => null,
};

/** Without a PostgreSQL there never was one. */
const NO_NOTICES: GatewayOptions['notices'] = {
  list: async () => ({ isKnown: true, notices: [] }),
  create: noDatabase,
  takeBack: noDatabase,
  onChange: () => () => {},
};

const commandsOver = (redis: Redis): GatewayOptions['commands'] => ({
  place: (site, order) => placeCommand(redis, site, order),
  read: (site, id) => readCommand(redis, site, id),
  acting: async (site) => actingSchema.nullable().parse(await readActing(redis, site)),
});

const CLIENT_DIR = path.join(import.meta.dirname, '../../client/dist');

export async function startServing(
  { config, command, connect, metrics, now, log }: Node,
  database: Database | null,
  { clientDir = CLIENT_DIR, onBrokenAnswer = 'report' }: Partial<Pick<GatewayOptions, 'clientDir' | 'onBrokenAnswer'>>,
): Promise<Serving> {
  const feedOf = async (site: string): Promise<MirrorFeed> => {
    const reader = await connect('reader');
    return {
      readView: (channel) => readView(command, site, channel),
      readFrames: (cursor, options) => readFrames(reader, site, cursor, options),
      close: () => dropRedis(reader),
    };
  };
  const auth = await startAuth({
    database,
    redis: command,
    connect,
    adminToken: config.adminToken,
    identityProvider: config.identityProvider,
    now,
    log,
  });
  const settings = database && (await startSettings({ database, connect, now, log }));
  // A day is worth showing without it: while Redis is away the screen says so anyway.
  const nextFact = async (site: string, cursor: string) => (await within(nextFactId(command, site, cursor))) ?? null;
  const history = database && createHistoryReader({ database, nextFact, now });
  const boards = database ? boardsOf(database, auth, now) : NO_BOARDS;
  const notices =
    database && (await Notices.start({ ...noticesOf(auth), database, redis: command, connect, now, log }));
  // The desk looks at the floor as the gateway shows it, and is served by it.
  let gateway: Gateway | null = null;
  const breaks =
    database &&
    settings &&
    history &&
    new Breaks({
      database,
      now,
      settings: async (site) => (await settings.read(site, 'break', '')).settings,
      floor: (site, rests) =>
        gateway?.mirror.sites.includes(site) ? breakFloor(breakRows(gateway.mirror, site, now()), rests) : null,
      rests: (site, since) => history.rests(site, since),
      commands: commandsOver(command),
      record: (act, sql) => auth.audit.record(act, sql),
    });
  const keeper = breaks && startKeeper({ breaks, redis: command, log });
  const stopFeatures = async () => {
    await keeper?.stop();
    await notices?.stop();
    await settings?.stop();
    await auth.stop();
  };
  const serving = await startGateway({
    port: config.port,
    host: config.host,
    adminToken: config.adminToken,
    clientDir,
    store: redisHealth(command),
    settings: settings ? audited(settings, auth) : NO_SETTINGS,
    history: history ? auditedHistory(history, auth) : NO_HISTORY,
    businessDay: { timeZone: config.timeZone, start: config.businessDayStart },
    identity: auth.identity,
    access: accessOf(auth),
    screens: screensOf(auth, boards),
    boards,
    notices: notices ?? NO_NOTICES,
    isProxy: oneOf(config.proxies),
    commands: commandsOver(command),
    audit: auth.audit,
    breaks: breaks ? breaksOf(breaks) : NO_BREAKS,
    metrics,
    now,
    log,
    onBrokenAnswer,
  }).catch(async (error: unknown) => {
    await stopFeatures();
    throw error;
  });
  gateway = serving;
  return {
    url: `http://${isEveryAddress(config.host) ? 'localhost' : hostInUrl(config.host)}:${serving.port}`,
    mirror: serving.mirror,
    async join(site) {
      await serving.mirror.join(site, await feedOf(site));
      settings?.join(site);
      notices?.join(site);
      keeper?.join(site);
    },
    async leave(site) {
      await keeper?.leave(site);
      settings?.leave(site);
      notices?.leave(site);
      await serving.mirror.leave(site);
    },
    async letGo() {
      await keeper?.stop();
      await serving.drain();
    },
    async close() {
      await serving.stop();
      await stopFeatures();
    },
  };
}

/** A change of settings and its entry in the audit log are one transaction. */
const audited = (settings: Settings, { audit }: Auth): GatewayOptions['settings'] => ({
  list: (site) => settings.list(site),
  read: (site, kind, subject) => settings.read(site, kind, subject),
  write: (site, kind, subject, { base, settings: wanted, by: { subject: who, from } }) =>
    settings.write(site, kind, subject, {
      base,
      settings: wanted,
      by: who.name,
      note: (sql, before, after) =>
        audit.record({ who, act: `${kind}Settings.changed`, site, subject, reason: null, before, after, from }, sql),
    }),
});

/** A look at a number is written down before it is told; a step of calling back and its entry are one transaction. */
const auditedHistory = (history: HistoryReader, { audit }: Auth): GatewayOptions['history'] => ({
  agentDay: (site, agent, day, { queues }) => history.agentDay(site, agent, day, queues),
  contacts: (site, filter, page) => history.contacts(site, filter, page),
  async caller(site, contact, { queues, reason, by: { subject: who, from } }) {
    const { number, name, queue } = await history.caller(site, contact, queues);
    const look = { act: 'caller.revealed', site, subject: contact, reason, before: null, after: { queue } };
    await audit.record({ ...look, who, from });
    return { number, name };
  },
  callBack: (site, contact, { queues, step, base, by: { subject: who, from } }) =>
    history.callBack(site, contact, {
      queues,
      step,
      base,
      by: claimantOf(who),
      note: (sql, before, after) => {
        const change = { before: toldOf(before), after: { ...toldOf(after), step } };
        return audit.record(
          { who, act: 'callBack.changed', site, subject: contact, reason: null, ...change, from },
          sql,
        );
      },
    }),
});

const toldOf = ({ state, claimant, attempts, result }: CallBack) => ({
  state,
  claimant: claimant?.name ?? null,
  attempts,
  result,
});

const breaksOf = (breaks: Breaks): GatewayOptions['breaks'] => ({
  async desk(site) {
    const { settings, floor, open, recent } = await breaks.desk(site);
    const planned = breaks.asPlanned(open);
    return { settings, floor, planned, open: open.map(toldOfBreak), recent: recent.map(toldOfBreak) };
  },
  find: async (site, request) => toldOfBreak(await breaks.find(site, request)),
  request: async (site, asked, asker) => toldOfBreak(await breaks.request(site, asked, asker)),
  step: async (site, request, step, why, asker) => toldOfBreak(await breaks.step(site, request, step, why, asker)),
});

const accessOf = ({ own, singleSignOn, administration }: Auth): GatewayOptions['access'] => ({
  session: (asker) => own.session(asker),
  setUp: (asker, body) => own.setUp(asker, body),
  signIn: (asker, body) => own.signIn(asker, body),
  startSignOn: (asker) => singleSignOn.start(asker),
  finishSignOn: (asker, query) => singleSignOn.finish(asker, query),
  signOut: (asker) => own.signOut(asker),
  signOutEverywhere: (asker) => own.signOutEverywhere(asker),
  changePassword: (asker, body) => own.changePassword(asker, body),
  startTotp: (asker) => own.startTotp(asker),
  changeTotp: (asker, body) => own.changeTotp(asker, body),
  people: (asker) => administration.people(asker),
  createPerson: (asker, body) => administration.createPerson(asker, body),
  changePerson: (asker, person, body) => administration.changePerson(asker, person, body),
  signOutPerson: (asker, person) => administration.signOutPerson(asker, person),
  tokens: (asker) => administration.tokens(asker),
  createToken: (asker, body) => administration.createToken(asker, body),
  revokeToken: (asker, token) => administration.revokeToken(asker, token),
  audit: (asker, query) => administration.audit(asker, query),
});

const boardsOf = (database: Database, { audit, fleet }: Auth, now: () => number): Boards =>
  new Boards({
    database,
    now,
    record: ({ asker: { subject: who, from }, act, board: { site, name: subject }, before, after }, sql) =>
      audit.record({ who, act, site, subject, reason: null, before, after, from }, sql),
    onPublished: (board) => fleet.tellBoard(board),
    boardOfScreen: (screen) => fleet.boardOf(screen),
  });

const noticesOf = ({ audit }: Auth): Pick<NoticesOptions, 'record'> => ({
  record({ asker: { subject: who, from }, act, notice }, sql) {
    const { site, text, id, level, queues, teams, endsAt } = notice;
    const told = { id, level, queues, teams, endsAt: new Date(endsAt).toISOString() };
    const change = act === 'notice.created' ? { before: null, after: told } : { before: told, after: null };
    return audit.record({ who, act, site, subject: text, reason: null, ...change, from }, sql);
  },
});

const screensOf = ({ pairing, fleet, onWish }: Auth, boards: Pick<Boards, 'numberOf'>): GatewayOptions['screens'] => ({
  startPairing: (own, body) => pairing.start(own, body),
  claimPairing: (own, body) => pairing.claim(own, body),
  pairing: (asker, code) => pairing.find(asker, code),
  pair: async (asker, body) => fleet.one(await pairing.pair(asker, body)),
  list: (asker) => fleet.list(asker),
  change: (asker, screen, body) => fleet.change(asker, screen, body),
  order: (asker, screen, order) => fleet.order(asker, screen, order),
  revoke: (asker, screen) => fleet.revoke(asker, screen),
  async report(own, report, build) {
    const { answer, cookie } = await fleet.report(own, report, build);
    const boardNumber = answer.board === 'standard' ? null : await boards.numberOf(answer.board);
    return { answer: { ...answer, boardNumber }, cookie };
  },
  onWish,
});

function oneOf(networks: Config['proxies']): (address: string) => boolean {
  const list = new BlockList();
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family);
  return (address) => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

const isEveryAddress = (host: string): boolean => ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
export const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);
