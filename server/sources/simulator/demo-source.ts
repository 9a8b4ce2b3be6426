/**
 * The demo centre and the connection to it as one source, so that it runs only where the site is owned. Its world follows
 * from seed and opening time alone: kept over restarts, it goes on from what is committed, and a restart or another
 * owner finds the same calls in the same state.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAmiSource } from '../ami/client.ts';
import { createTranslator } from '../ami/translate.ts';
import { parseAmiUrl } from '../ami/url.ts';
import type { Acting, Source } from '../source.ts';
import { startDemoCentre } from './demo.ts';

export interface DemoOptions {
  readonly seed: number;
  /** Where the opening time is kept. */
  readonly folder: string;
  /** Site clock of the newest commit; 0 before the first. */
  readonly committedAt: () => Promise<number>;
  readonly log: (message: string) => void;
}

const QUARTER_MS = 15 * 60_000;
/** The centre opened this long before its first start, so that there is a day to look at. */
const OPENED_BEFORE_MS = 4 * 60 * 60_000;
/** An older world would take long to catch up with, and its day is over. */
const MAX_AGE_MS = 20 * 60 * 60_000;

export function createDemoSource({ seed, folder, committedAt, log }: DemoOptions): Source {
  /** Of the connection to the centre that runs now. */
  let acting: Acting | undefined;
  return {
    kind: 'demo',
    acting: {
      abilities: () => acting?.abilities() ?? null,
      execute: (order) => acting?.execute(order) ?? 'away',
    },
    async run(context) {
      const { now, signal } = context;
      const { openedAtMs, isNew } = await opening(folder, seed, now());
      const centre = await startDemoCentre({
        now,
        seed,
        secret: randomBytes(16).toString('hex'),
        openedAtMs,
        // What is committed beside a new world is not of this one: all of its past is news.
        resumeFromMs: isNew ? openedAtMs : await committedAt(),
        signal,
        log,
      });
      try {
        const source = createAmiSource(parseAmiUrl(centre.url), { createTranslator });
        acting = source.acting;
        await source.run(context);
      } finally {
        acting = undefined;
        await centre.stop();
      }
    },
  };
}

async function opening(folder: string, seed: number, now: number): Promise<{ openedAtMs: number; isNew: boolean }> {
  const file = path.join(folder, `opened-at-${seed}`);
  // Unreadable or nonsense means the same as absent: a new world opens.
  const kept = Number(await readFile(file, 'utf8').catch(() => ''));
  if (kept > 0 && kept <= now && now - kept < MAX_AGE_MS) return { openedAtMs: kept, isNew: false };
  const openedAtMs = Math.floor((now - OPENED_BEFORE_MS) / QUARTER_MS) * QUARTER_MS;
  await mkdir(folder, { recursive: true });
  await writeFile(file, String(openedAtMs));
  return { openedAtMs, isNew: true };
}
