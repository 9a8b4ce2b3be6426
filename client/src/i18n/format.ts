/** Numbers, times and durations as the floor reads them. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useSiteTimeZone } from '../live/use-live.tsx';

/** Shown where there is nothing to show: no denominator, no data, not to be believed. */
export const NOTHING = '--';

/** `0:07`, `12:34`, `1:02:03`: what a person reads off a stopwatch. */
export function formatDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

export const formatPercent = (ratio: number | null, digits = 0): string =>
  ratio === null ? NOTHING : `${(ratio * 100).toFixed(digits)}%`;

export interface Format {
  readonly count: (value: number) => string;
  readonly time: (at: number) => string;
  readonly timeShort: (at: number) => string;
  /** `2026-11-21 10:30:05`, as spreadsheets read it in any language. */
  readonly dateTime: (at: number) => string;
  /** Date and weekday. */
  readonly date: (at: number) => string;
  /** An ISO date without a time, such as a business day. */
  readonly isoDate: (date: string) => string;
}

/** Without `timeZone`: the screen's own. */
export function createFormat(language: string, timeZone?: string): Format {
  const zone = timeZone ? { timeZone } : {};
  const count = new Intl.NumberFormat(language);
  const time = new Intl.DateTimeFormat(language, {
    ...zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const timeShort = new Intl.DateTimeFormat(language, {
    ...zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const day = new Intl.DateTimeFormat('en-CA', { ...zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const dateStyle = { month: language === 'en' ? 'short' : 'long', day: 'numeric' } as const;
  const weekday = language === 'en' ? 'short' : 'long';
  const date = new Intl.DateTimeFormat(language, { ...zone, ...dateStyle, weekday });
  const isoDate = new Intl.DateTimeFormat(language, { ...dateStyle, timeZone: 'UTC' });
  return {
    count: (value) => count.format(value),
    time: (at) => time.format(at),
    timeShort: (at) => timeShort.format(at),
    dateTime: (at) => `${day.format(at)} ${time.format(at)}`,
    date: (at) => date.format(at),
    isoDate: (text) => {
      const at = Date.parse(`${text}T00:00:00Z`);
      return Number.isNaN(at) ? text : isoDate.format(at);
    },
  };
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  const timeZone = chooseTimeZone(location.search, useSiteTimeZone());
  return useMemo(() => createFormat(i18n.language, timeZone), [i18n.language, timeZone]);
}

/** The address wins, then the site: a TV may be set to any zone. Undefined, the screen's own, when neither is usable. */
export const chooseTimeZone = (search: string, ofSite: string): string | undefined =>
  [new URLSearchParams(search).get('tz'), ofSite].find((zone) => zone && isTimeZone(zone)) ?? undefined;

/** Asked with every drawing of everything that tells a time, and dear to find out. */
const zones = new Map<string, boolean>();

function isTimeZone(name: string): boolean {
  let isKnown = zones.get(name);
  if (isKnown === undefined) {
    isKnown = canFormatIn(name);
    zones.set(name, isKnown);
  }
  return isKnown;
}

function canFormatIn(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
