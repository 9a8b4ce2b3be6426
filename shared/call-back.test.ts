import { expect, test } from 'vitest';
import { CALL_BACK_STEPS, type CallBack, type CallBackStep, NO_CALL_BACK, stepped } from './call-back.ts';

const LI = { id: 'li', name: '李娜' };
const WANG = { id: 'wang', name: '王伟' };
const AT = 1_795_380_000_000;

const after = (...steps: readonly [CallBackStep, typeof LI][]): CallBack | null =>
  steps.reduce<CallBack | null>((one, [step, by], i) => one && stepped(one, step, by, AT + i), NO_CALL_BACK);

test.each([
  ['open', after(), ['claim']],
  ['claimed by me', after(['claim', LI]), ['release', 'reached', 'notReached', 'done']],
  ['claimed by another', after(['claim', WANG]), ['release']],
  ['done', after(['claim', LI], ['done', LI]), []],
] as const)('[HIS40] %s: every step fits or does not', (_, call, fitting) => {
  expect(CALL_BACK_STEPS.filter((step) => stepped(call ?? NO_CALL_BACK, step, LI, AT) !== null)).toEqual(fitting);
});

test('[HIS40] a step changes what it is about and nothing else', () => {
  expect(
    after(['claim', LI], ['notReached', LI], ['release', WANG], ['claim', WANG], ['reached', WANG], ['done', WANG]),
  ).toEqual({ state: 'done', claimant: WANG, claimedAt: AT + 3, attempts: 2, result: 'reached' });
});
