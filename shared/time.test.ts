import { expect, test } from 'vitest';
import { businessDayOf, businessDayOn, intervalStart } from './time.ts';

const at = (iso: string): number => Date.parse(iso);
const HOUR_MS = 3_600_000;

test('[DAY1] before its start the day is still yesterday; the line itself belongs to the new day', () => {
  expect(businessDayOf(at('2026-11-22T05:59:59.999+08:00'), 'Asia/Shanghai', '06:00').date).toBe('2026-11-21');
  expect(businessDayOf(at('2026-11-22T06:00:00+08:00'), 'Asia/Shanghai', '06:00')).toEqual({
    date: '2026-11-22',
    startAt: at('2026-11-22T06:00:00+08:00'),
    endAt: at('2026-11-23T06:00:00+08:00'),
  });
});

test('[DAY1] a day that starts at midnight ends at midnight', () => {
  expect(businessDayOf(at('2026-12-31T23:59:59+08:00'), 'Asia/Shanghai', '00:00').date).toBe('2026-12-31');
  expect(businessDayOf(at('2027-01-01T00:00:00+08:00'), 'Asia/Shanghai', '00:00').date).toBe('2027-01-01');
});

test.each([
  ['spring forward', '2026-03-28T12:00:00+01:00', 23],
  ['autumn back', '2026-10-24T12:00:00+02:00', 25],
  ['an ordinary day', '2026-06-01T12:00:00+02:00', 24],
])('[DAY2] on %s the day over the clock change has its true length', (_, noon, hours) => {
  const day = businessDayOf(at(noon), 'Europe/Berlin', '06:00');
  expect((day.endAt - day.startAt) / HOUR_MS).toBe(hours);
});

test('[DAY2] days follow each other without gap or overlap, also where the start is skipped by the clock change', () => {
  for (const start of ['02:30', '06:00', '00:00']) {
    let day = businessDayOf(at('2026-03-25T12:00:00Z'), 'Europe/Berlin', start);
    for (let n = 0; n < 8; n++) {
      const next = businessDayOf(day.endAt, 'Europe/Berlin', start);
      expect(next.startAt).toBe(day.endAt);
      expect(businessDayOf(day.endAt - 1, 'Europe/Berlin', start).date).toBe(day.date);
      day = next;
    }
  }
});

test('[DAY2] a day asked for by its date is the one that its instants give', () => {
  for (const start of ['02:30', '06:00', '22:00']) {
    for (const date of ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25']) {
      const day = businessDayOn(date, 'Europe/Berlin', start);
      expect(day.date).toBe(date);
      expect(businessDayOf(day.startAt, 'Europe/Berlin', start)).toEqual(day);
      expect(businessDayOf(day.endAt - 1, 'Europe/Berlin', start)).toEqual(day);
    }
  }
});

test('[DAY3] intervals are quarter hours of every zone in use', () => {
  expect(intervalStart(at('2026-11-22T10:14:59.999+05:45'))).toBe(at('2026-11-22T10:00:00+05:45'));
  expect(intervalStart(at('2026-11-22T10:15:00+05:45'))).toBe(at('2026-11-22T10:15:00+05:45'));
});
