/** Intervals and business days. Pure: an instant goes in, boundaries come out. */
import { Temporal } from 'temporal-polyfill';

export const MINUTE_MS = 60_000;
/** An interval is a quarter hour; every time zone in use is offset by whole quarters, so UTC quarters serve all. */
export const INTERVAL_MS = 15 * MINUTE_MS;

export const intervalStart = (at: number): number => Math.floor(at / INTERVAL_MS) * INTERVAL_MS;

export interface BusinessDay {
  /** ISO date on which it began, e.g. `2026-11-21`. */
  readonly date: string;
  readonly startAt: number;
  readonly endAt: number;
}

/**
 * The business day that holds `at`. `dayStart` is local `HH:MM`. On a clock change the day is 23 or 25 hours long; a start
 * that the change skips moves to the next valid minute.
 */
export function businessDayOf(at: number, timeZone: string, dayStart: string): BusinessDay {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
  const day = dayFrom(today, timeZone, dayStart);
  return day.startAt > at ? dayFrom(today.subtract({ days: 1 }), timeZone, dayStart) : day;
}

/** The business day that began on an ISO date. */
export const businessDayOn = (date: string, timeZone: string, dayStart: string): BusinessDay =>
  dayFrom(Temporal.PlainDate.from(date), timeZone, dayStart);

function dayFrom(date: Temporal.PlainDate, timeZone: string, dayStart: string): BusinessDay {
  const plainTime = Temporal.PlainTime.from(dayStart);
  const startOn = (day: Temporal.PlainDate) => day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
  return { date: date.toString(), startAt: startOn(date), endAt: startOn(date.add({ days: 1 })) };
}

/** Local time of day as `HH:MM`; text order is time order. Computed once per minute and zone. */
export function localTimeOf(at: number, timeZone: string): string {
  const minute = Math.floor(at / MINUTE_MS);
  if (newest.minute !== minute || newest.timeZone !== timeZone) {
    const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
    newest = { minute, timeZone, text: local.toPlainTime().toString({ smallestUnit: 'minute' }) };
  }
  return newest.text;
}

/** A cache: every queue asks for the same minute. */
let newest = { minute: Number.NaN, timeZone: '', text: '' };
