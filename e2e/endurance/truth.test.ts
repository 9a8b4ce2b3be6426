/** The judge of the long run must find what it looks for. */
import { expect, test } from 'vitest';
import { Judge, LIMIT_MS, Truth } from './truth.ts';

const look = (level: string | null, figures: Record<string, string>) => ({ level, loadedAt: 0, figures });

function judgeOf(...states: readonly (readonly [at: number, waiting: string])[]) {
  const truth = new Truth();
  for (const [at, waiting] of states) {
    truth.record(at, { waiting });
    truth.prove(at);
  }
  return { truth, judge: new Judge(truth) };
}

test('[TV26] a figure that is true, or was a moment ago, is no fault', () => {
  const { judge } = judgeOf([1_000, '3'], [2_000, '4']);
  for (const waiting of ['3', '4'])
    expect(judge.judge(look('fresh', { waiting }), 2_500)).toMatchObject({ compared: 1, faults: [] });
});

test('[TV26] a figure that stopped being true longer ago than the wall admits is a fault', () => {
  const { judge, truth } = judgeOf([1_000, '3'], [2_000, '4']);
  const at = 2_000 + (LIMIT_MS.fresh ?? 0) + 1;
  truth.prove(at);
  expect(judge.judge(look('fresh', { waiting: '3' }), at).faults).toEqual([
    `waiting is 3, fresh, and ${at - 2_000} ms old`,
  ]);
  expect(judge.judge(look('ageing', { waiting: '3' }), at).faults).toEqual([]);
  expect(judge.judge(look('fresh', { waiting: '4' }), at).faults).toEqual([]);
});

test('[TV26] the right figure without a proof is a fault as well: nobody knows whether it is right', () => {
  const { judge } = judgeOf([1_000, '3']);
  const at = 1_000 + (LIMIT_MS.ageing ?? 0) + 1;
  expect(judge.judge(look('ageing', { waiting: '3' }), at).faults).toHaveLength(1);
});

test('[TV26] a figure that never was is a fault once it stands', () => {
  const { judge, truth } = judgeOf([1_000, '3']);
  expect(judge.judge(look('fresh', { waiting: '7' }), 2_000).faults).toEqual([]);
  truth.prove(6_000);
  expect(judge.judge(look('fresh', { waiting: '7' }), 6_000).faults).toEqual(['waiting is 7, which it never was']);
});

test('[TV26] a wall that says it is stale shows no figure', () => {
  const { judge } = judgeOf([1_000, '3']);
  expect(judge.judge(look('stale', { waiting: '3' }), 1_000).faults).toEqual(['waiting is 3 on a wall that is stale']);
  expect(judge.judge(look('stale', { waiting: '--' }), 90_000).faults).toEqual([]);
});
