/**
 * What this screen has asked of the PBX, and what it knows of each. Optimistic in showing at once that something was asked,
 * honest in never showing it as done before the server says that the PBX has shown the effect.
 *
 *   asking → pending → sent → confirmed | failed | expired        asking → refused | unreachable
 */
import type { ActingAnswer } from '../../../shared/api-command.ts';
import type { Cause, Command, CommandState, CommandStatus } from '../../../shared/command.ts';
import type { ErrorCode } from '../../../shared/error.ts';
import { codeOf } from '../api.ts';
import type { CommandApi } from './command-api.ts';

/** Null: nobody answered, so it may have been placed or not. */
const refusalOf = (error: unknown): ErrorCode | null => {
  const code = codeOf(error);
  return code === 'request.unanswered' ? null : code;
};

export type AttemptState = 'asking' | CommandState | 'refused' | 'unreachable';

export interface Attempt {
  readonly command: Command;
  /** As the agent was called when it was asked. */
  readonly name: string;
  readonly state: AttemptState;
  readonly cause: Cause | null;
  readonly detail: string | null;
  /** Why the server refused. */
  readonly code: string | null;
  /** Server clock. */
  readonly undoUntil: number | null;
  /** It takes another one back. */
  readonly isUndo: boolean;
  /** Asked of many at once: what stands for all of them. */
  readonly round: Round | null;
  /** Server clock; null while it is under way. */
  readonly endedAt: number | null;
}

/** One thing asked of many agents: a command each, so that each has an end of its own. */
export interface Round {
  readonly id: string;
  /** Who they are together, such as a team. */
  readonly name: string;
}

export type Given = Command extends infer C ? (C extends Command ? Omit<C, 'id'> : never) : never;

/** What can be done with an agent, or who can be added to a queue; and where on the screen it was asked for. */
export interface Opened {
  readonly kind: 'agent' | 'queue' | 'team';
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface Timing {
  now(): number;
  wait(ms: number): Promise<void>;
}

const OPEN: readonly AttemptState[] = ['asking', 'pending', 'sent'];
export const isUnderWay = ({ state }: Attempt): boolean => OPEN.includes(state);

/** How long a success stays on the screen, and a failure, which somebody has to read. */
const SHOWN_MS = { good: 5_000, bad: 20_000 };
const MAX_ATTEMPTS = 20;
const LOOK_EVERY_MS = 700;
/** Of one round at a time. */
const AT_ONCE = 4;
/** The same command may be sent again: it is carried out once. */
const TRIES = 4;
const RETRY_MS = 800;

export class ActingStore {
  readonly #site: string;
  readonly #api: CommandApi;
  readonly #timing: Timing;
  readonly #newId: () => string;
  readonly #listeners = new Set<() => void>();
  #attempts: readonly Attempt[] = [];
  #acting: ActingAnswer | null = null;
  #isUnanswered = false;
  #opened: Opened | null = null;

  constructor(site: string, api: CommandApi, timing: Timing, newId: () => string) {
    this.#site = site;
    this.#api = api;
    this.#timing = timing;
    this.#newId = newId;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Newest last. */
  readonly attempts = (): readonly Attempt[] => this.#attempts;

  /** What can be done; null while nobody has said. */
  readonly acting = (): ActingAnswer | null => this.#acting;

  /** The newest question about it was not answered. */
  readonly isUnanswered = (): boolean => this.#isUnanswered;

  /** The menu that is open. */
  readonly opened = (): Opened | null => this.#opened;

  /** The newest attempt on an agent that is still worth a word; the same object until it changes. */
  readonly of = (agent: string): Attempt | null =>
    this.#attempts.filter(({ command }) => command.agent === agent).at(-1) ?? null;

  open(opened: Opened | null): void {
    this.#opened = opened;
    this.#tell();
    if (opened !== null) void this.refresh();
  }

  /** Without an answer what was known stays. */
  async refresh(): Promise<void> {
    const acting = await this.#api.acting(this.#site).catch(() => null);
    const isNew = acting !== null && JSON.stringify(acting) !== JSON.stringify(this.#acting);
    if (!isNew && this.#isUnanswered === (acting === null)) return;
    this.#isUnanswered = acting === null;
    if (isNew) this.#acting = acting;
    this.#tell();
  }

  /** Resolves when it is over. */
  async act(given: Given, name: string): Promise<void> {
    await this.#ask(attemptOf({ ...given, id: this.#newId() } as Command, name, false));
  }

  /** The same of each of them, a few at a time; resolves when all are over. Each is asked once, whatever becomes of others. */
  async actOnAll(
    those: readonly { readonly id: string; readonly name: string }[],
    label: string,
    given: (agent: string) => Given,
  ): Promise<void> {
    const round = { id: this.#newId(), name: label };
    const asked = those.map(({ id, name }) => ({
      ...attemptOf({ ...given(id), id: this.#newId() } as Command, name, false),
      round,
    }));
    this.#attempts = [...this.#attempts, ...asked];
    this.#tell();
    const waiting = asked.values();
    const work = async (): Promise<void> => {
      for (const attempt of waiting) await this.#place(attempt.command);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }

  async #ask(attempt: Attempt): Promise<void> {
    this.#put(attempt);
    await this.#place(attempt.command);
  }

  #place(command: Command): Promise<void> {
    return this.#follow(command.id, () => this.#api.place(this.#site, command));
  }

  async undo({ command, name }: Attempt): Promise<void> {
    this.dismiss(command.id);
    const asked = attemptOf({ ...command, id: `undo ${command.id}` } as Command, name, true);
    this.#put(asked);
    await this.#follow(asked.command.id, () => this.#api.undo(this.#site, command.id));
  }

  dismiss(id: string): void {
    this.#attempts = this.#attempts.filter(({ command }) => command.id !== id);
    this.#tell();
  }

  dismissRound(id: string): void {
    this.#attempts = this.#attempts.filter(({ round }) => round?.id !== id);
    this.#tell();
  }

  /** Takes what has been shown for long enough off the screen. Of a round nothing, before all of it has been. */
  expire(): void {
    const now = this.#timing.now();
    const isOld = (attempt: Attempt): boolean => !isUnderWay(attempt) && now >= shownUntil(attempt);
    const held = new Set(
      this.#attempts.flatMap((attempt) => (attempt.round && !isOld(attempt) ? attempt.round.id : [])),
    );
    const kept = this.#attempts.filter((attempt) => (attempt.round ? held.has(attempt.round.id) : !isOld(attempt)));
    if (kept.length === this.#attempts.length) return;
    this.#attempts = kept;
    this.#tell();
  }

  /** Asks, and asks again where the network failed; then looks until it is over. `key`: under which it is shown so far. */
  async #follow(key: string, ask: () => Promise<CommandStatus>): Promise<void> {
    let id = key;
    try {
      let status = await this.#persistently(ask);
      for (;;) {
        this.#update(id, status);
        id = status.command.id;
        if (!OPEN.includes(status.state)) return;
        await this.#timing.wait(LOOK_EVERY_MS);
        status = await this.#persistently(() => this.#api.read(this.#site, id));
      }
    } catch (error) {
      const code = refusalOf(error);
      this.#change(id, { state: code === null ? 'unreachable' : 'refused', code, endedAt: this.#timing.now() });
    }
  }

  async #persistently(ask: () => Promise<CommandStatus>): Promise<CommandStatus> {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        if (refusalOf(error) !== null || tries >= TRIES) throw error;
        await this.#timing.wait(RETRY_MS);
      }
    }
  }

  #update(id: string, { command, state, cause, detail, undoUntil, endedAt }: CommandStatus): void {
    this.#change(id, { command, state, cause, detail, undoUntil, endedAt });
  }

  #put(attempt: Attempt): void {
    const single = this.#attempts.filter(({ round }) => round === null);
    const tooMany = new Set(single.slice(0, Math.max(0, single.length + 1 - MAX_ATTEMPTS)));
    this.#attempts = [...this.#attempts.filter((one) => !tooMany.has(one)), attempt];
    this.#tell();
  }

  #change(id: string, change: Partial<Attempt>): void {
    this.#attempts = this.#attempts.map((one) => (one.command.id === id ? { ...one, ...change } : one));
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

const attemptOf = (command: Command, name: string, isUndo: boolean): Attempt => ({
  command,
  name,
  state: 'asking',
  cause: null,
  detail: null,
  code: null,
  undoUntil: null,
  isUndo,
  round: null,
  endedAt: null,
});

function shownUntil({ state, endedAt, undoUntil, round }: Attempt): number {
  const since = endedAt ?? 0;
  // Who of many was not reached is a list to work through; it goes when it is put away.
  if (round !== null && state !== 'confirmed') return Number.POSITIVE_INFINITY;
  return state === 'confirmed' ? Math.max(since + SHOWN_MS.good, undoUntil ?? 0) : since + SHOWN_MS.bad;
}
