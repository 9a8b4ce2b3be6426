import { expect, test } from 'vitest';
import type { FleetScreen } from '../../../shared/api-screens.ts';
import { agoOf, isFrozen, pendingOf, settledOf } from './fleet-state.ts';
import { assignmentOf, checkDraft, draftOf } from './screen-draft.ts';
import { A_SCREEN as SCREEN } from './testing-screen.ts';

const NOW = 1_000_000;
const reported = (over: Partial<NonNullable<FleetScreen['report']>>): FleetScreen => ({
  ...SCREEN,
  report: SCREEN.report && { ...SCREEN.report, ...over },
});

test('[TV17] an order is under way until the TV has said that it is done', () => {
  expect(pendingOf(SCREEN, NOW)).toEqual([]);
  expect(pendingOf({ ...SCREEN, reload: { at: NOW, doneAt: null } }, NOW + 3_600_000)).toEqual(['reload']);
  expect(pendingOf({ ...SCREEN, isBlank: true, version: 2 }, NOW)).toEqual(['blank']);
  expect(pendingOf(reported({ shows: 'blank' }), NOW)).toEqual(['unblank']);
  expect(pendingOf({ ...SCREEN, version: 2 }, NOW)).toEqual(['change']);
  expect(pendingOf({ ...SCREEN, report: null, version: 2 }, NOW)).toEqual([]);
  const identify = { ...SCREEN, identify: { at: NOW, doneAt: null } };
  expect([pendingOf(identify, NOW + 59_999), settledOf(identify, NOW + 59_999)]).toEqual([['identify'], []]);
  expect([pendingOf(identify, NOW + 60_000), settledOf(identify, NOW + 60_000)]).toEqual([[], ['identifyLost']]);
});

test('[TV17] what was done is told for a minute', () => {
  const done = { ...SCREEN, identify: { at: NOW, doneAt: NOW }, reload: { at: NOW, doneAt: NOW } };
  expect(settledOf(done, NOW + 59_999)).toEqual(['identified', 'reloaded']);
  expect(settledOf(done, NOW + 120_000)).toEqual([]);
});

test('[TV17] a TV that speaks but has not drawn for ten seconds stands still', () => {
  expect(isFrozen(SCREEN)).toBe(false);
  const frozen = reported({ lastPaintAt: (SCREEN.report?.at ?? 0) - 10_001 });
  expect(isFrozen(frozen)).toBe(true);
  expect(isFrozen({ ...frozen, state: 'offline' })).toBe(false);
});

test.each([
  [900, 'seconds', 1],
  [59_400, 'seconds', 59],
  [60_000, 'minutes', 1],
  [7_200_000, 'hours', 2],
  [172_800_000, 'days', 2],
])('[TV17] %d ms ago is told in %s', (ms, unit, count) => {
  expect(agoOf(ms)).toEqual({ unit, count });
});

test('[TV18] what was typed about a TV comes back as it was', () => {
  const options = { ...SCREEN.options, inches: 75, page: 2, off: { from: 1_320, to: 425 }, timeZone: 'Asia/Tokyo' };
  const draft = draftOf({ ...SCREEN, options });
  expect(draft.off).toEqual({ isOn: true, from: '22:00', to: '07:05' });
  expect(assignmentOf(draft, 'Asia/Tokyo')).toEqual({
    ...{ name: SCREEN.name, site: SCREEN.site, queues: null, teams: null, board: 'standard', options },
  });
});

test('[TV18] what does not fit is said field by field', () => {
  const draft = draftOf(SCREEN);
  expect(checkDraft(draft)).toEqual({});
  const same = { isOn: true, from: '08:00', to: '08:00' };
  expect(
    checkDraft({
      ...draft,
      name: ' ',
      inches: '10',
      metres: 'far',
      page: '1.5',
      dim: same,
      off: { ...same, isOn: false },
    }),
  ).toEqual({ name: 'missing', inches: 'number', metres: 'number', page: 'number', dim: 'sameTimes' });
});
