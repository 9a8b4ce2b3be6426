/**
 * Was stale shown exactly while it was stale? Judged from two things seen at the same moment: how old the truth on a screen was
 * by the PBX's own marks, and what the screen said of itself. Pure.
 */
import type { FreshnessLevel } from '../client/src/live/freshness.ts';
import { STALE_AFTER_MS } from '../shared/protocol.ts';

export interface Look {
  readonly atMs: number;
  /** Null while the screen shows no mark. */
  readonly ageMs: number | null;
  readonly level: FreshnessLevel;
}

/** For a busy machine between an instant and the look at it. */
const LATE_MS = 2_500;
/** Proofs of life come every 2 s, so the newest may be that much older than the newest mark. */
const EARLY_MS = 3_500;
/** From the first fresh number to the word that it is fresh: a tip, and a look. */
const RECOVER_MS = 4_000;

export interface Verdict {
  /** The truth was older than the limit at some time. */
  readonly wasStale: boolean;
  /** What the screen said wrongly; null when it never did. */
  readonly fault: string | null;
}

export function judge(looks: readonly Look[]): Verdict {
  let wasStale = false;
  let oldAt = Number.NEGATIVE_INFINITY;
  for (const { atMs, ageMs, level } of looks) {
    const age = ageMs ?? 0;
    if (age > STALE_AFTER_MS) wasStale = true;
    if (age > STALE_AFTER_MS - EARLY_MS) oldAt = atMs;
    if (age > STALE_AFTER_MS + LATE_MS && level !== 'stale' && level !== 'starting') {
      return { wasStale, fault: `said ${level} at ${seconds(atMs)} with numbers ${seconds(age)} old` };
    }
    if (level === 'stale' && atMs - oldAt > RECOVER_MS) {
      return { wasStale, fault: `said stale at ${seconds(atMs)} with numbers ${seconds(age)} old` };
    }
  }
  return { wasStale, fault: null };
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
