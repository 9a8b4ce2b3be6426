import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { DomainEvent } from '../../../shared/event.ts';
import { createLogger } from '../../log.ts';
import { createDemoSource } from './demo-source.ts';

test('[SIM51] a new world is told from its opening on, also when the site has committed that time has passed', async () => {
  const folder = mkdtempSync(`${tmpdir()}/floorcast-demo-`);
  const stopping = new AbortController();
  const firstOffer = Promise.withResolvers<number>();
  const source = createDemoSource({ seed: 1, folder, committedAt: async () => Date.now(), log: () => {} });
  const running = source.run({
    site: 'main',
    source: 'demo',
    append: async (events: readonly DomainEvent[]) => {
      for (const event of events) if (event.type === 'contact.offered') firstOffer.resolve(event.at);
    },
    now: Date.now,
    random: () => 0.5,
    log: createLogger({ level: 'silent', format: 'text', write: () => {} }),
    signal: stopping.signal,
  });
  expect(Date.now() - (await firstOffer.promise)).toBeGreaterThan(3 * 60 * 60_000);
  stopping.abort();
  await running;
  rmSync(folder, { recursive: true });
});
