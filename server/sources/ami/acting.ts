/**
 * Orders on their way over one AMI connection after another. Each goes through
 *
 *   (channels asked) → actions sent → accepted → effect shown: confirmed
 *
 * and ends early with the first refusal, with its time, or with the connection. Answers are known by their ActionID, effects by
 * what they say, whoever caused them. What must hold: the actions of an order are written once, in one go; nothing is
 * confirmed that the PBX has not told; nothing stays open without a connection.
 *
 * No timers and no clock of its own: the session drives it, with monotonic time.
 */
import { randomUUID } from 'node:crypto';
import { type Cause, DOES, failed, type Order, type Outcome, RING_FOR_MS } from '../../../shared/command.ts';
import type { Abilities, Acting } from '../source.ts';
import type { AmiAction } from './login.ts';
import type { AmiMessage } from './message.ts';
import type { AmiTimings } from './timings.ts';
import { MemberBook } from './translate-book.ts';
import {
  ACTIONS_OF,
  CLASS_OF,
  causeOfMessage,
  causeOfOriginate,
  isAbout,
  type Plan,
  planOrder,
} from './translate-command.ts';
import { type Effect, isShown, isShownInPicture } from './translate-effect.ts';
import { printable } from './translate-fields.ts';

/** Of a connection that is live. */
export interface ActingPort {
  /** Sends an action and returns its ActionID. */
  send(action: AmiAction): string;
  requestPicture(): void;
  now(): number;
}

/** Events that tell rows and effects; what a translator wants is its own business. */
export const ACTING_EVENTS: ReadonlySet<string> = new Set([
  'QueueMemberAdded',
  'QueueMemberPause',
  'QueueMemberPenalty',
  'QueueMemberRemoved',
  'QueueMemberStatus',
  'Hangup',
  'OriginateResponse',
  'ChanSpyStart',
]);

/** Events get lost where a name is no UTF-8; half-way through the time, the picture is asked whether it shows the effect. */
const LOOK_AFTER = 0.5;
const MAX_DETAIL_CHARS = 200;

interface Running {
  readonly order: Order;
  readonly channelId: string;
  readonly resolve: (outcome: Outcome) => void;
  readonly startedAt: number;
  readonly endsAt: number;
  plan: Plan | null;
  /** Ids of actions without an answer yet. */
  readonly unanswered: Set<string>;
  readonly sent: Set<string>;
  /** CoreShowChannels, while its rows come in. */
  list: { readonly actionId: string; readonly rows: AmiMessage[] } | null;
  unseen: readonly Effect[];
  hasLooked: boolean;
  /** The supervisor's phone was answered. */
  isAnswered: boolean;
}

export class AmiActing implements Acting {
  readonly #timings: Pick<AmiTimings, 'confirmMs'>;
  readonly #book = new MemberBook();
  readonly #running = new Set<Running>();
  #port: ActingPort | null = null;
  #rightsId = '';
  /** Names of the actions that the user may use; null while the PBX has not said. */
  #rights: ReadonlySet<string> | null = null;

  constructor(timings: Pick<AmiTimings, 'confirmMs'>) {
    this.#timings = timings;
  }

  abilities(): Abilities | null {
    if (this.#port === null) return null;
    const missing = (what: (typeof DOES)[number]) => ACTIONS_OF[what].filter((action) => !this.#mayUse(action));
    const lacks = new Set(DOES.flatMap(missing).map((action) => `write = ${CLASS_OF[action]}`));
    return { can: DOES.filter((what) => missing(what).length === 0), lacks: [...lacks] };
  }

  execute(order: Order): Promise<Outcome> | 'away' | 'elsewhere' {
    const port = this.#port;
    const isMine = isAbout(order, this.#book);
    if (port === null) return 'away';
    if (!isMine) return 'elsewhere';
    return new Promise((resolve) => {
      const startedAt = port.now();
      const running: Running = {
        order,
        channelId: `floorcast-${randomUUID()}`,
        resolve,
        startedAt,
        endsAt: startedAt + this.#timings.confirmMs + (order.command.do === 'monitor' ? RING_FOR_MS : 0),
        plan: null,
        unanswered: new Set(),
        sent: new Set(),
        list: null,
        unseen: [],
        hasLooked: false,
        isAnswered: false,
      };
      this.#running.add(running);
      this.#start(running, port, null);
    });
  }

  /** The connection is live. */
  opened(port: ActingPort): void {
    this.#port = port;
    this.#rights = null;
    // It lists what this user may use, and nothing else.
    this.#rightsId = port.send({ name: 'ListCommands' });
  }

  /** What was sent may or may not have been carried out; what was not sent was not. */
  closed(): void {
    this.#port = null;
    for (const running of [...this.#running]) {
      this.#end(running, failed(running.plan === null ? 'source.away' : 'outcome.unknown'));
    }
  }

  /** A response; false where it answers nothing of ours. */
  answer(message: AmiMessage): boolean {
    const id = message.get('ActionID');
    if (id === undefined) return false;
    if (id === this.#rightsId) {
      this.#rightsId = '';
      if (isSuccess(message)) this.#rights = new Set(Array.from(message.headers(), ([name]) => name.toLowerCase()));
      return true;
    }
    for (const running of this.#running) {
      if (running.list?.actionId === id) {
        if (!isSuccess(message)) this.#refuse(running, message);
        return true;
      }
      if (!running.unanswered.delete(id)) continue;
      if (isSuccess(message)) this.#finishIfDone(running);
      else this.#refuse(running, message);
      return true;
    }
    return false;
  }

  /** A row or the end of a list; false where it is of no list of ours. */
  row(message: AmiMessage): boolean {
    if (!message.name.startsWith('CoreShowChannel')) return false;
    const id = message.get('ActionID');
    for (const running of this.#running) {
      const { list } = running;
      if (list === null || list.actionId !== id) continue;
      if (message.name === 'CoreShowChannel') list.rows.push(message);
      else if (this.#port) this.#start(running, this.#port, list.rows);
      return true;
    }
    return false;
  }

  event(message: AmiMessage): void {
    this.#book.event(message);
    for (const running of [...this.#running]) {
      if (message.name === 'OriginateResponse') this.#onOriginated(running, message);
      else if (message.name === 'Hangup' && message.get('Uniqueid') === running.channelId) this.#onPhoneEnded(running);
      this.#see(running, (effect) => isShown(effect, message));
    }
  }

  picture(rows: readonly AmiMessage[]): void {
    this.#book.picture(rows);
    for (const running of [...this.#running]) this.#see(running, (effect) => isShownInPicture(effect, rows));
  }

  tick(now: number): void {
    for (const running of [...this.#running]) {
      if (now >= running.endsAt) this.#timeOut(running);
      else if (!running.hasLooked && this.#isAccepted(running)) this.#lookIfDue(running, now);
    }
  }

  #mayUse(action: string): boolean {
    return this.#rights === null || this.#rights.has(action.toLowerCase());
  }

  /** Asks for the channels first, or sends everything at once. */
  #start(running: Running, port: ActingPort, channels: readonly AmiMessage[] | null): void {
    const { order, channelId } = running;
    running.list = null;
    const needed = ACTIONS_OF[order.command.do].filter((action) => !this.#mayUse(action));
    if (needed.length > 0) {
      this.#end(running, failed('right.missing', needed.map((action) => `write = ${CLASS_OF[action]}`).join(', ')));
      return;
    }
    const plan = planOrder(order, { book: this.#book, channels, channelId });
    if (plan === 'channels') running.list = { actionId: port.send({ name: 'CoreShowChannels' }), rows: [] };
    else if ('cause' in plan) this.#end(running, failed(plan.cause, plan.detail));
    else this.#send(running, plan, port);
  }

  #send(running: Running, plan: Plan, port: ActingPort): void {
    running.plan = plan;
    running.unseen = plan.effects;
    for (const action of plan.actions) {
      const id = port.send(action);
      running.unanswered.add(id);
      running.sent.add(id);
    }
    this.#finishIfDone(running);
  }

  #see(running: Running, isSeen: (effect: Effect) => boolean): void {
    if (running.unseen.length === 0) return;
    running.unseen = running.unseen.filter((effect) => !isSeen(effect));
    this.#finishIfDone(running);
  }

  #isAccepted({ plan, unanswered }: Running): boolean {
    return plan !== null && unanswered.size === 0;
  }

  #finishIfDone(running: Running): void {
    const { plan, unseen } = running;
    if (plan === null || unseen.length > 0 || !this.#isAccepted(running)) return;
    this.#end(running, { state: 'confirmed', cause: null, detail: null, ...rowsOf(plan) });
  }

  #refuse(running: Running, message: AmiMessage): void {
    const text = printable(message.get('Message')).slice(0, MAX_DETAIL_CHARS);
    this.#end(running, failed(causeOfMessage(text), text || null));
  }

  #onOriginated(running: Running, message: AmiMessage): void {
    const id = message.get('ActionID');
    if (id === undefined || !running.sent.has(id)) return;
    running.isAnswered = isSuccess(message);
    if (!running.isAnswered) this.#end(running, failed(causeOfOriginate(message.get('Reason'))));
  }

  /** Answered and hung up before it could listen: the call was over first. Unanswered, OriginateResponse says why. */
  #onPhoneEnded(running: Running): void {
    if (running.isAnswered && running.unseen.length > 0) this.#end(running, failed('call.ended'));
  }

  #lookIfDue(running: Running, now: number): void {
    const { startedAt, endsAt, unseen } = running;
    if (now < startedAt + (endsAt - startedAt) * LOOK_AFTER || unseen.every(({ kind }) => kind !== 'row')) return;
    running.hasLooked = true;
    this.#port?.requestPicture();
  }

  #timeOut(running: Running): void {
    const isAccepted = this.#isAccepted(running);
    const cause: Cause = running.plan === null ? 'source.away' : isAccepted ? 'unconfirmed' : 'outcome.unknown';
    this.#end(running, failed(cause));
  }

  #end(running: Running, outcome: Outcome): void {
    if (this.#running.delete(running)) running.resolve(outcome);
  }
}

const rowsOf = ({ before, after }: Plan) => ({ before: [...before], after: [...after] });

const isSuccess = (message: AmiMessage): boolean => message.get('Response')?.toLowerCase() === 'success';
