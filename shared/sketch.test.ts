import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addToSketch, mergeSketch, quantileOf, type Sketch } from './sketch.ts';

const sketchOf = (values: readonly number[]): Sketch => {
  const sketch: Sketch = new Map();
  for (const value of values) addToSketch(sketch, value);
  return sketch;
};
const durations = fc.array(fc.integer({ min: 0, max: 86_400_000 }), { minLength: 1, maxLength: 200 });

test('[MET5] every quantile is within 1 % of the true value of that rank', () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
      const sorted = values.toSorted((a, b) => a - b);
      const truth = sorted[Math.floor(q * (values.length - 1))] ?? 0;
      expect(Math.abs((quantileOf(sketchOf(values), q) ?? -1) - truth)).toBeLessThanOrEqual(
        Math.max(1, truth * 0.0101),
      );
    }),
  );
});

test('[MET6] merged sketches are the sketch of all values, and a value taken out was never there', () => {
  fc.assert(
    fc.property(durations, durations, (a, b) => {
      const merged = mergeSketch(sketchOf(a), sketchOf(b));
      expect([...merged].sort()).toEqual([...sketchOf([...a, ...b])].sort());
      for (const value of b) addToSketch(merged, value, -1);
      expect([...merged].sort()).toEqual([...sketchOf(a)].sort());
    }),
  );
});

test('[MET7] without values there is no quantile', () => {
  expect(quantileOf(new Map(), 0.5)).toBeNull();
});
