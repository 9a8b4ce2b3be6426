/**
 * The break desk of a site: requests, what is decided of them, and what the PBX made of it (docs/spec/breaks.md).
 *
 *   requested ──grant──▶ granted ──the PBX showed the pause──▶ onBreak ──unpaused, here or on the phone──▶ ended
 *       └─ refused, withdrawn, expired   └─ failed
 *
 * A grant is written with the id of its pause before the pause is placed, and a pause is placed at most once by its id. So
 * whoever finds a request may drive it on: at worst nothing is left to do.
 */
import { randomUUID } from 'node:crypto';
import type { BreakStep } from '../../shared/api-breaks.ts';
import type { BreakSettings } from '../../shared/break-setting.ts';
import {
  type BreakAgent,
  type BreakFloor,
  isAway,
  type LastRest,
  type OpenBreak,
  planBreaks,
} from '../../shared/breaks.ts';
import { type CommandStatus, type Order, rowsByQueue } from '../../shared/command.ts';
import type { Database } from '../db/database.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import {
  changeBreak,
  findBreak,
  insertBreak,
  listOpen,
  listRecent,
  lockSite,
  type StoredBreak,
  type Who,
} from './store.ts';

export interface Asker {
  readonly subject: Who;
  readonly from: string;
}

export interface BreakAct {
  readonly who: Who;
  readonly from: string;
  readonly act: string;
  readonly site: string;
  /** The agent. */
  readonly subject: string;
  readonly reason: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

export interface BreaksOptions {
  readonly database: Database;
  readonly settings: (site: string) => Promise<BreakSettings>;
  /** Null for a site that is not there. */
  readonly floor: (site: string, rests: ReadonlyMap<string, LastRest>) => BreakFloor | null;
  readonly rests: (site: string, since: number) => Promise<ReadonlyMap<string, LastRest>>;
  readonly commands: {
    place(site: string, order: Order): Promise<unknown>;
    read(site: string, id: string): Promise<CommandStatus | null>;
  };
  /** In the transaction of the act. */
  readonly record: (act: BreakAct, sql: Sql) => Promise<void>;
  /** Server wall clock. */
  readonly now: () => number;
}

export interface Desk {
  readonly settings: BreakSettings;
  readonly floor: BreakFloor;
  readonly open: readonly StoredBreak[];
  readonly recent: readonly StoredBreak[];
}

/** Who grants by itself, in the audit log. */
const DESK: Asker = { subject: { kind: 'token', id: 'break-desk', name: 'Break desk' }, from: '' };

const DAY_MS = 86_400_000;
const RECENT_MS = 3_600_000;
/** A pause that was not placed by then is not placed any more: the floor has moved on. */
const PLACE_WITHIN_MS = 10_000;
/** By then the floor shows what the PBX has confirmed. */
const SHOWN_WITHIN_MS = 5_000;
/** A request that nobody granted in a shift is of yesterday. */
const KEEP_MS = 12 * 3_600_000;
const RESTS_KEPT_MS = 5_000;

export class Breaks {
  readonly #options: BreaksOptions;
  readonly #rests = new Map<string, { readonly readAt: number; readonly rests: ReadonlyMap<string, LastRest> }>();

  constructor(options: BreaksOptions) {
    this.#options = options;
  }

  async desk(site: string): Promise<Desk> {
    const { database, settings, now } = this.#options;
    const floor = await this.#floor(site);
    return {
      settings: await settings(site),
      floor,
      open: await listOpen(database, site),
      recent: await listRecent(database, site, now() - RECENT_MS),
    };
  }

  async find(site: string, id: string): Promise<StoredBreak> {
    return found(await findBreak(this.#options.database, site, id));
  }

  /** The same id again, by the same asker, is the same request. */
  async request(
    site: string,
    asked: { readonly id: string; readonly agent: string; readonly reason: string; readonly isGranted: boolean },
    asker: Asker,
  ): Promise<StoredBreak> {
    const { id, agent, reason, isGranted } = asked;
    const floor = await this.#floor(site);
    const known = floor.agents.find((one) => one.id === agent);
    if (!known) throw new AppError('agent.unknown');
    const stored = await this.#decide(site, async (sql) => {
      const before = await findBreak(sql, site, id);
      if (before) {
        const isSame = before.agent === agent && before.reason === reason && before.requestedBy.id === asker.subject.id;
        if (!isSame) throw new AppError('break.conflict');
        return before;
      }
      const open = await listOpen(sql, site);
      if (open.some((one) => one.agent === agent)) throw new AppError('break.conflict');
      const made = await insertBreak(sql, {
        ...{ id, site, agent, agentName: known.name, reason },
        ...{ requestedAt: this.#options.now(), requestedBy: whoOf(asker) },
      });
      if (!made) throw new AppError('break.conflict');
      await this.#record(sql, asker, 'break.requested', made, { reason: null });
      return isGranted ? this.#grant(sql, made, asker, floor) : made;
    });
    return this.#driven(stored);
  }

  async step(site: string, id: string, step: BreakStep, why: string, asker: Asker): Promise<StoredBreak> {
    const floor = step === 'grant' ? await this.#floor(site) : null;
    const stored = await this.#decide(site, async (sql) => {
      const before = found(await findBreak(sql, site, id));
      if (floor) return this.#grant(sql, before, asker, floor);
      if (step === 'end') return this.#askEnd(sql, before, asker, why);
      const state = step === 'refuse' ? 'refused' : 'withdrawn';
      if (before.state === state) return before;
      if (before.state !== 'requested') throw new AppError('break.conflict');
      const changes = {
        state,
        decidedAt: this.#options.now(),
        decidedBy: whoOf(asker),
        endedAt: this.#options.now(),
      } as const;
      const after = changed(await changeBreak(sql, before, changes));
      await this.#record(sql, asker, `break.${state}`, after, { reason: why || null });
      return after;
    });
    return this.#driven(stored);
  }

  /** Drives what is open, and grants what may be granted. For one process of a site; two at once do no harm. */
  async keep(site: string): Promise<void> {
    const { database, settings } = this.#options;
    const open = await listOpen(database, site);
    if (open.length === 0) return;
    const floor = await this.#floor(site);
    for (const one of open) await this.#drive(one, floor);
    if (!floor.isLive || !open.some(({ state }) => state === 'requested')) return;
    if (!(await settings(site)).isAutoGranting) return;
    const granted = await this.#decide(site, async (sql) => {
      const now = await this.#floor(site);
      const waiting = await listOpen(sql, site);
      const plan = await this.#plan(site, waiting, now);
      const done: StoredBreak[] = [];
      for (const { request, whyNot } of now.isLive ? plan.queue : []) {
        const before = waiting.find(({ id }) => id === request.id);
        if (whyNot === null && before) done.push(await this.#markGranted(sql, before, DESK));
      }
      return done;
    });
    for (const one of granted) await this.#driven(one);
  }

  #decide<T>(site: string, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#options.database.transaction(async (sql) => {
      await lockSite(sql, site);
      return work(sql);
    });
  }

  async #grant(sql: Sql, before: StoredBreak, asker: Asker, floor: BreakFloor): Promise<StoredBreak> {
    if (before.state === 'granted' || before.state === 'onBreak') return before;
    if (before.state !== 'requested') throw new AppError('break.conflict');
    if (!floor.isLive) throw new AppError('break.notLive');
    // A person chooses whom to send: those who wait longer do not stand in the way.
    const others = (await listOpen(sql, before.site)).filter(
      ({ id, state }) => id === before.id || state !== 'requested',
    );
    const { queue } = await this.#plan(before.site, others, floor);
    const whyNot = queue[0]?.whyNot;
    if (whyNot !== null) throw notNow(whyNot ?? 'signedOut');
    return this.#markGranted(sql, before, asker);
  }

  async #markGranted(sql: Sql, before: StoredBreak, asker: Asker): Promise<StoredBreak> {
    const at = this.#options.now();
    const changes = { state: 'granted', decidedAt: at, decidedBy: whoOf(asker), command: randomUUID() } as const;
    const after = changed(await changeBreak(sql, before, changes));
    await this.#record(sql, asker, 'break.granted', after, { reason: null });
    return after;
  }

  async #askEnd(sql: Sql, before: StoredBreak, asker: Asker, why: string): Promise<StoredBreak> {
    if (before.state === 'ended' || before.endCommand !== null) return before;
    if (before.state !== 'onBreak') throw new AppError('break.conflict');
    const changes = {
      ...{ endAskedAt: this.#options.now(), endAskedBy: whoOf(asker) },
      ...{ endCommand: randomUUID(), cause: null },
    };
    const after = changed(await changeBreak(sql, before, changes));
    await this.#record(sql, asker, 'break.endAsked', after, { reason: why || null });
    return after;
  }

  async #plan(site: string, open: readonly StoredBreak[], { now, timeZone, agents }: BreakFloor) {
    const settings = await this.#options.settings(site);
    return planBreaks({ now, timeZone, settings, agents, requests: this.asPlanned(open) });
  }

  /** What was confirmed a moment ago and may not be in view yet counts as on its way. */
  asPlanned(open: readonly StoredBreak[]): OpenBreak[] {
    const at = this.#options.now();
    return open.flatMap(({ id, agent, reason, requestedAt, state, startedAt }): OpenBreak[] => {
      if (state !== 'requested' && state !== 'granted' && state !== 'onBreak') return [];
      const isNew = state === 'onBreak' && at - (startedAt ?? at) < SHOWN_WITHIN_MS;
      return [{ id, agent, reason, requestedAt, state: isNew ? 'granted' : state }];
    });
  }

  async #floor(site: string): Promise<BreakFloor> {
    const { floor, rests, now } = this.#options;
    let known = this.#rests.get(site);
    if (!known || now() - known.readAt >= RESTS_KEPT_MS || now() < known.readAt) {
      known = { readAt: now(), rests: await rests(site, now() - DAY_MS) };
      this.#rests.set(site, known);
    }
    const shown = floor(site, known.rests);
    if (!shown) throw new AppError('site.unknown');
    return shown;
  }

  /** As far as it comes now; what fails is driven on by whoever keeps the desk. */
  async #driven(one: StoredBreak): Promise<StoredBreak> {
    if (one.state !== 'granted' && one.endCommand === null) return one;
    return (await this.#drive(one, null)) ?? one;
  }

  /** Null where nothing was to be done, or somebody else did it. */
  async #drive(one: StoredBreak, floor: BreakFloor | null): Promise<StoredBreak | null> {
    const agent = floor?.isLive === true ? (floor.agents.find(({ id }) => id === one.agent) ?? null) : null;
    if (one.state === 'requested') return this.#overtaken(one, agent);
    if (one.state === 'granted') return this.#follow(one, agent);
    if (one.state !== 'onBreak') return null;
    const isSeen = this.#options.now() - (one.startedAt ?? 0) >= SHOWN_WITHIN_MS;
    // Of an agent who is gone from the floor nothing more is heard.
    const isOld = this.#options.now() - (one.startedAt ?? 0) > KEEP_MS;
    if (isOld || (agent && isSeen && !isAway(agent))) return this.#finish(one, one.endAskedBy ?? agentOf(one), null);
    return one.endCommand === null ? null : this.#followEnd(one);
  }

  /** What the agent did meanwhile. */
  async #overtaken(one: StoredBreak, agent: BreakAgent | null): Promise<StoredBreak | null> {
    const isOld = this.#options.now() - one.requestedAt > KEEP_MS;
    const cause = isOld
      ? 'tooOld'
      : !agent
        ? null
        : agent.presence === 'signedOut'
          ? 'signedOut'
          : isAway(agent)
            ? 'resting'
            : null;
    if (cause === null) return null;
    return this.#move(one, { state: 'expired', endedAt: this.#options.now(), cause }, DESK, 'break.expired', { cause });
  }

  async #follow(one: StoredBreak, agent: BreakAgent | null): Promise<StoredBreak | null> {
    const { agent: id, reason, command, agentName } = one;
    if (command === null) return null;
    const asker = { subject: one.decidedBy ?? DESK.subject, from: '' };
    const order = { id: command, do: 'pause', agent: id, queue: null, reason } as const;
    const status = await this.#carryOut(one.site, order, asker.subject, agentName, one.decidedAt ?? 0);
    if (status === 'pending') return null;
    const at = this.#options.now();
    // Nobody heard the end of it, and yet the floor shows it.
    const isShown = agent !== null && isAway(agent) && agent.presenceReason === reason;
    const isUnsure = status.cause === 'unconfirmed' || status.cause === 'outcome.unknown';
    if (status.state === 'confirmed' || (isUnsure && isShown))
      return this.#move(one, { state: 'onBreak', startedAt: status.endedAt ?? at }, asker, 'break.started', {
        ...{ before: rowsByQueue(status.before), after: rowsByQueue(status.after) },
      });
    const isYoung = at - (status.endedAt ?? at) < SHOWN_WITHIN_MS;
    if (isUnsure && isYoung) return null;
    const cause = status.cause ?? status.state;
    return this.#move(one, { state: 'failed', endedAt: at, cause }, asker, 'break.failed', { cause });
  }

  async #followEnd(one: StoredBreak): Promise<StoredBreak | null> {
    const { agent, endCommand, agentName } = one;
    if (endCommand === null) return null;
    const who = one.endAskedBy ?? DESK.subject;
    const order = { id: endCommand, do: 'unpause', agent, queue: null, reason: '' } as const;
    const status = await this.#carryOut(one.site, order, who, agentName, one.endAskedAt ?? 0);
    if (status === 'pending') return null;
    if (status.state === 'confirmed') return this.#finish(one, who, status);
    const cause = status.cause ?? status.state;
    return this.#move(one, { endCommand: null, cause }, { subject: who, from: '' }, 'break.endFailed', { cause });
  }

  #finish(one: StoredBreak, who: Who, status: Ended | null): Promise<StoredBreak | null> {
    const at = status?.endedAt ?? this.#options.now();
    const rows = status ? { before: rowsByQueue(status.before), after: rowsByQueue(status.after) } : {};
    return this.#move(one, { state: 'ended', endedAt: at }, { subject: who, from: '' }, 'break.ended', rows);
  }

  /** Places it unless it was; placing it twice is placing it once. */
  async #carryOut(
    site: string,
    command: Order['command'],
    by: Who,
    agentName: string,
    askedAt: number,
  ): Promise<Ended | 'pending'> {
    const { commands, now } = this.#options;
    let status = await commands.read(site, command.id);
    if (status === null) {
      if (now() - askedAt > PLACE_WITHIN_MS) return NOT_PLACED;
      await commands.place(site, { command, by, agentName, restores: null, undoes: null });
      status = await commands.read(site, command.id);
    }
    if (status === null || status.state === 'pending' || status.state === 'sent') return 'pending';
    return { ...status, state: status.state };
  }

  async #move(
    one: StoredBreak,
    changes: Parameters<typeof changeBreak>[2],
    asker: Asker,
    act: string,
    about: { readonly cause?: string; readonly before?: unknown; readonly after?: object },
  ): Promise<StoredBreak | null> {
    return this.#options.database.transaction(async (sql) => {
      const after = await changeBreak(sql, one, changes);
      if (after) await this.#record(sql, asker, act, after, { reason: null, ...about });
      return after;
    });
  }

  #record(
    sql: Sql,
    { subject, from }: Asker,
    act: string,
    { site, agent, agentName: name, id: request, reason: rest, command }: StoredBreak,
    { reason, before = null, after = {}, cause }: Told,
  ): Promise<void> {
    const about = { name, request, rest, ...(command && { command }), ...(cause && { cause }), ...after };
    return this.#options.record(
      { who: whoOf({ subject, from }), from, act, site, subject: agent, reason, before, after: about },
      sql,
    );
  }
}

interface Told {
  readonly reason: string | null;
  readonly before?: unknown;
  readonly after?: object;
  readonly cause?: string;
}

type Ended = Pick<CommandStatus, 'state' | 'cause' | 'endedAt' | 'before' | 'after'>;

const NOT_PLACED: Ended = { state: 'expired', cause: null, endedAt: null, before: [], after: [] };

const whoOf = ({ subject: { kind, id, name } }: Asker): Who => ({ kind, id, name });
/** Who ends a break at the phone. */
const agentOf = ({ agent, agentName }: StoredBreak): Who => ({ kind: 'anybody', id: agent, name: agentName });

function found(one: StoredBreak | null): StoredBreak {
  if (!one) throw new AppError('break.unknown');
  return one;
}
function changed(one: StoredBreak | null): StoredBreak {
  if (!one) throw new AppError('break.conflict');
  return one;
}

const notNow = (whyNot: string): AppError =>
  new AppError('break.notNow', undefined, { issues: [{ path: 'agent', message: whyNot }] });
