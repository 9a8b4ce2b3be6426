/**
 * What could be known at which moment, as a second client saw it, and what that makes of a look at a wall. Pure.
 *
 * A wall never shows a number that is wrong, and no old one as if it were new: a figure is as old as the newest moment at
 * which the second client knew it to be true, and may be as old as what the wall says of itself allows.
 */
import { AGEING_AFTER_MS } from '../../client/src/live/freshness.ts';
import { STALE_AFTER_MS } from '../../shared/protocol.ts';
import { NOTHING, type WallLook } from '../screens.ts';

/** For a busy machine between an instant and the look at it. */
const LATE_MS = 2_500;
/** The wall may hear of a change before the second client. */
const AHEAD_MS = 1_000;
/** A look is judged when what the wall knew has reached the second client too. */
export const JUDGED_AFTER_MS = AHEAD_MS;
/** A snapshot shows states between two frames, which the second client never saw: they are followed at once by one that it did. */
const BETWEEN_MS = 2_500;
const KEPT_MS = 120_000;

export const LIMIT_MS: Readonly<Record<string, number>> = {
  fresh: AGEING_AFTER_MS + LATE_MS,
  ageing: STALE_AFTER_MS + LATE_MS,
};

interface Span {
  readonly value: string;
  readonly from: number;
  /** Infinity while it holds. */
  until: number;
}

/** Of every figure: from when until when it had which value. */
export class Truth {
  readonly #spans = new Map<string, Span[]>();
  /** Up to when what holds now was proven. */
  #provenAt = Number.NEGATIVE_INFINITY;

  record(at: number, figures: Readonly<Record<string, string>>): void {
    for (const [name, spans] of this.#spans) {
      const last = spans.at(-1);
      if (last && last.until === Number.POSITIVE_INFINITY && figures[name] !== last.value) last.until = at;
      while ((spans[0]?.until ?? at) < at - KEPT_MS) spans.shift();
    }
    for (const [name, value] of Object.entries(figures)) {
      const spans = this.#spans.get(name) ?? [];
      this.#spans.set(name, spans);
      if (spans.at(-1)?.until !== Number.POSITIVE_INFINITY)
        spans.push({ value, from: at, until: Number.POSITIVE_INFINITY });
    }
  }

  prove(at: number): void {
    this.#provenAt = Math.max(this.#provenAt, at);
  }

  /** Whether the second client says anything about it. */
  knows(name: string): boolean {
    return this.#spans.has(name);
  }

  /** How long ago the figure was last true; null when it never was. */
  ageMs(name: string, value: string, at: number): number | null {
    const ages = (this.#spans.get(name) ?? [])
      .filter((span) => span.value === value && span.from <= at + AHEAD_MS)
      .map(({ until }) => Math.max(0, at - Math.min(until, Math.max(this.#provenAt, 0))));
    return ages.length === 0 ? null : Math.min(...ages);
  }
}

export interface Judgement {
  /** Figures that were compared. */
  readonly compared: number;
  readonly oldestMs: number;
  readonly faults: readonly string[];
}

export class Judge {
  readonly #truth: Truth;
  /** Since when a figure has shown a value that never was. */
  readonly #unknown = new Map<string, { readonly value: string; readonly since: number }>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  judge({ level, figures }: WallLook, at: number): Judgement {
    const shown = Object.entries(figures).filter(([name, value]) => value !== NOTHING && this.#truth.knows(name));
    const limitMs = LIMIT_MS[level ?? ''];
    const faults: string[] = [];
    if (limitMs === undefined) {
      if (level !== null)
        faults.push(...shown.map(([name, value]) => `${name} is ${value} on a wall that is ${level}`));
      return { compared: 0, oldestMs: 0, faults };
    }
    let oldestMs = 0;
    for (const [name, value] of shown) {
      const ageMs = this.#truth.ageMs(name, value, at);
      const before = this.#unknown.get(name);
      if (ageMs === null) {
        const since = before?.value === value ? before.since : at;
        this.#unknown.set(name, { value, since });
        if (at - since > BETWEEN_MS) faults.push(`${name} is ${value}, which it never was`);
        continue;
      }
      this.#unknown.delete(name);
      oldestMs = Math.max(oldestMs, ageMs);
      if (ageMs > limitMs) faults.push(`${name} is ${value}, ${level}, and ${Math.round(ageMs)} ms old`);
    }
    return { compared: shown.length, oldestMs, faults };
  }
}
