// What happens next in a simulated world: actions in order of their time, and of their making where times are equal.

export interface Planned {
  cancel(): void;
}

interface Item {
  at: number;
  order: number;
  run: (() => void) | undefined;
}

export class Agenda {
  readonly #heap: Item[] = [];
  #made = 0;

  plan(at: number, run: () => void): Planned {
    const item: Item = { at, order: this.#made++, run };
    const heap = this.#heap;
    let i = heap.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(item, heap[parent])) break;
      heap[i] = heap[parent] as Item;
      i = parent;
    }
    heap[i] = item;
    return {
      cancel: () => {
        item.run = undefined;
      },
    };
  }

  /** Time of the next action; undefined when nothing is planned. */
  next(): number | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].run === undefined) this.#pop();
    return this.#heap[0]?.at;
  }

  /** Takes the next action off and hands it out. */
  take(): { at: number; run: () => void } | undefined {
    if (this.next() === undefined) return undefined;
    const item = this.#pop();
    return item?.run && { at: item.at, run: item.run };
  }

  #pop(): Item | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || last === top) return top;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[child], last)) break;
      heap[i] = heap[child] as Item;
      i = child;
    }
    heap[i] = last;
    return top;
  }
}

function isBefore(a: Item | undefined, b: Item | undefined): boolean {
  if (a === undefined) return false;
  if (b === undefined) return true;
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
