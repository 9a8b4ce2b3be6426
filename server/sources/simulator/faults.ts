// What can go wrong between a PBX and its reader, as switches that a test may turn while the server runs.
import { createPrng, type Prng } from './prng.ts';

/** What a client meets at connect: all is well; no byte at all; the banner and then silence; a reset before the banner. */
export type Greeting = 'normal' | 'silent' | 'banner-only' | 'reset';

export interface AmiFaults {
  greeting: Greeting;
  /** Nothing is sent on live connections, no Pong either, and nothing is closed; what piled up goes out when turned off. */
  mute: boolean;
  /** Actions that change the PBX are answered with Success and not carried out. */
  pretends: boolean;
  /** Writes are cut at random byte boundaries, each piece in a packet of its own. */
  setCuts(seed: number | undefined): void;
  /** Each event block is sent twice with this probability. */
  setDuplicates(fault: { seed: number; probability: number } | undefined): void;
}

/** The server's side of the switches. */
export interface FaultInjector extends AmiFaults {
  readonly cutting: boolean;
  cut(bytes: Buffer): Buffer[];
  duplicate(blocks: readonly Buffer[]): readonly Buffer[];
}

const SHORT_PIECES = 0.3;
const MAX_PIECE_BYTES = 3000;

export function createFaultInjector(onUnmute: () => void): FaultInjector {
  let muted = false;
  let cuts: Prng | undefined;
  let duplicates: { prng: Prng; probability: number } | undefined;

  return {
    greeting: 'normal',
    pretends: false,
    get mute() {
      return muted;
    },
    set mute(value: boolean) {
      muted = value;
      if (!value) onUnmute();
    },
    setCuts: (seed) => {
      cuts = seed === undefined ? undefined : createPrng(`cuts/${seed}`);
    },
    setDuplicates: (fault) => {
      duplicates = fault && { prng: createPrng(`duplicates/${fault.seed}`), probability: fault.probability };
    },
    get cutting() {
      return cuts !== undefined;
    },
    cut: (bytes) => {
      if (cuts === undefined) return [bytes];
      const pieces: Buffer[] = [];
      // Runs of short pieces end inside a header, a line end or a UTF-8 character; longer ones keep a whole recording quick.
      for (let at = 0; at < bytes.length; ) {
        const size = cuts.chance(SHORT_PIECES) ? cuts.int(1, 9) : cuts.int(10, MAX_PIECE_BYTES);
        pieces.push(bytes.subarray(at, at + size));
        at += size;
      }
      return pieces;
    },
    duplicate: (blocks) => {
      const fault = duplicates;
      if (fault === undefined) return blocks;
      return blocks.flatMap((block) => (fault.prng.chance(fault.probability) ? [block, block] : [block]));
    },
  };
}
