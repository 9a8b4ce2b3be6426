/** The benchmarks speak the live protocol on their own: this says when it has moved on without them. */
import { expect, test } from 'vitest';
import { glassP99 } from './glass-p99-5k-1k.ts';

test('marks sent by the PBX arrive on every screen, floors and walls', { timeout: 120_000 }, async () => {
  // It throws when screens are lost or marks are not seen.
  const [p99] = await glassP99({ isQuick: true, isFull: false, isSplit: false, minutes: null, log: () => {} });
  expect(p99).toBeGreaterThan(0);
});
