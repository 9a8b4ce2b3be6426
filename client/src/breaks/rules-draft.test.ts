/** Rules: docs/spec/breaks.md. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakSettingsSchema } from '../../../shared/break-setting.ts';
import { draftOf, readRules } from './rules-draft.ts';

const FIRST = draftOf(breakSettingsSchema.parse({}));
const MIN = 60_000;

test('[BRK50] what was not touched is saved as it was', () => {
  const seconds = fc.integer({ min: 1, max: 3_600 }).map((s) => s * 1_000);
  const names = fc.constantFrom('小休', 'Rest 2', 'meal', '外出 10');
  const rules = fc.record({
    quota: fc.nat(200),
    quotaByHalfHour: fc.uniqueArray(
      fc.record({ from: fc.constantFrom('00:00', '09:30', '11:00'), people: fc.nat(9) }),
      {
        selector: ({ from }) => from,
      },
    ),
    restMsPerHour: seconds,
    reasons: fc.uniqueArray(fc.record({ reason: names, maxMs: seconds }), {
      selector: ({ reason }) => reason,
      minLength: 1,
    }),
    minFreeShare: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
    isAutoGranting: fc.boolean(),
  });
  fc.assert(
    fc.property(rules, (some) => {
      const settings = breakSettingsSchema.parse(some);
      expect(readRules(draftOf(settings))).toEqual({ settings });
    }),
  );
});

test('[BRK50] minutes and lines are read; what does not fit is named', () => {
  const draft = { ...FIRST, reasons: '小休 0.5\n\n用餐 30', quotaByHalfHour: '9:30 4', noRest: '20' };
  expect(readRules(draft)).toMatchObject({
    settings: {
      reasons: [
        { reason: '小休', maxMs: 30_000 },
        { reason: '用餐', maxMs: 30 * MIN },
      ],
      quotaByHalfHour: [{ from: '09:30', people: 4 }],
      noRestMs: 20 * MIN,
    },
  });
  expect(readRules({ ...FIRST, quota: 'x', minFree: '', reasons: '', quotaByHalfHour: '09:00 1\n09:15 2' })).toEqual({
    problems: {
      quota: { kind: 'number' },
      minFree: { kind: 'number' },
      reasons: { kind: 'line', line: 1 },
      quotaByHalfHour: { kind: 'line', line: 2 },
    },
  });
});
