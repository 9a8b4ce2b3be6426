/** Which fault in which round: drawn by seed, every kind before any comes twice, and the groups in turn. */
import { createPrng, type Prng } from '../server/sources/simulator/prng.ts';
import type { Fault } from './faults.ts';

export interface DrawnFault {
  readonly fault: Fault;
  /** How long the floor runs undisturbed before it, and how long it lasts. */
  readonly afterMs: number;
  readonly lastsMs: number;
}

export interface Draw {
  readonly script: 'replay' | 'load';
  readonly seed: string;
  /** One after another on the same floor; the suite has one a round. */
  readonly faults: readonly DrawnFault[];
}

const AFTER_MS = [1_500, 5_000] as const;

export function* drawRounds(seed: string, faults: readonly Fault[]): Generator<Draw, never> {
  const prng = createPrng(seed);
  for (let round = 0; ; ) {
    const groups = [...Map.groupBy(faults, ({ group }) => group).values()];
    const decks = shuffled(groups, prng).map((group) => shuffled(group, prng));
    for (let depth = 0; decks.some((deck) => deck.length > depth); depth++) {
      for (const deck of decks) {
        const fault = deck[depth];
        if (!fault) continue;
        const script = prng.chance(0.5) ? 'replay' : 'load';
        yield { script, seed: `${seed}/${round++}`, faults: [drawMoment(fault, prng)] };
      }
    }
  }
}

export function drawMoment(fault: Fault, prng: Prng, afterMs: readonly [number, number] = AFTER_MS): DrawnFault {
  return {
    fault,
    afterMs: Math.round(prng.between(...afterMs)),
    lastsMs: Math.round(prng.between(...fault.lasts)),
  };
}

function shuffled<T>(items: readonly T[], prng: Prng): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(prng.int(0, left.length - 1), 1));
  return drawn;
}
