/** Talks that are open, found by who talks (queue and interface) or by the call. */

export interface Talk {
  readonly call: string;
  readonly queue: string;
  readonly agent: string;
  readonly answeredAt: number;
}

const keyOf = (queue: string, agent: string): string => `${queue}\n${agent}`;

export class OpenTalks {
  readonly #byAgent = new Map<string, Talk[]>();
  readonly #byCall = new Map<string, Talk>();

  open(talk: Talk): void {
    const key = keyOf(talk.queue, talk.agent);
    const others = (this.#byAgent.get(key) ?? []).filter(({ call }) => call !== talk.call);
    this.#byAgent.set(key, [...others, talk]);
    this.#byCall.set(talk.call, talk);
  }

  close(queue: string, agent: string, call: string): void {
    const key = keyOf(queue, agent);
    const rest = (this.#byAgent.get(key) ?? []).filter((talk) => talk.call !== call);
    if (rest.length > 0) this.#byAgent.set(key, rest);
    else this.#byAgent.delete(key);
    const known = this.#byCall.get(call);
    if (known?.queue === queue && known.agent === agent) this.#byCall.delete(call);
  }

  ofCall(call: string): Talk | undefined {
    return this.#byCall.get(call);
  }

  /** The talk of an agent in a queue whose length comes nearest to what was reported; the older one of equals. */
  nearest(queue: string, agent: string, at: number, talkMs: number | null): Talk | undefined {
    const missMs = (talk: Talk) => (talkMs === null ? 0 : Math.abs(at - talk.answeredAt - talkMs));
    let best: Talk | undefined;
    for (const talk of this.#byAgent.get(keyOf(queue, agent)) ?? []) {
      if (!best || missMs(talk) < missMs(best)) best = talk;
    }
    return best;
  }

  clear(): void {
    this.#byAgent.clear();
    this.#byCall.clear();
  }
}
