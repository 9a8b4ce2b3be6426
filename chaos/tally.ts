/** What a PBX has told, counted from its own words and by nothing of ours: no translator, no core. */

const EVENT = /^Event: (\w+)\r\n/;
const QUEUE = /\r\nQueue: ([^\r]*)/;

/** Event classes that one message proves alone, as the product's counters are called. */
const CLASSES: Readonly<Record<string, string>> = {
  QueueCallerJoin: 'offered',
  AgentConnect: 'answered',
  AgentComplete: 'handled',
  AgentRingNoAnswer: 'ringNoAnswer',
};
export const TOLD_CLASSES: readonly string[] = Object.values(CLASSES);

export type Told = ReadonlyMap<string, Readonly<Record<string, number>>>;

export class Tally {
  readonly #queues = new Map<string, Record<string, number>>();
  #events = 0;

  count(block: Buffer): void {
    this.#events++;
    const text = block.toString('utf8');
    const name = CLASSES[EVENT.exec(text)?.[1] ?? ''];
    if (name === undefined) return;
    const queue = QUEUE.exec(text)?.[1] ?? '';
    const counts = this.#queues.get(queue) ?? Object.fromEntries(TOLD_CLASSES.map((one) => [one, 0]));
    counts[name] = (counts[name] ?? 0) + 1;
    this.#queues.set(queue, counts);
  }

  get events(): number {
    return this.#events;
  }

  get told(): Told {
    return this.#queues;
  }
}
