import { expect, test } from 'vitest';

test('tests of pure code may look at the clock', () => {
  expect(performance.now()).toBeGreaterThan(0);
});
