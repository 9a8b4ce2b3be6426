import { expect, test } from 'vitest';
import type { ScreenOptions } from '../../../shared/api-screens.ts';
import { isWithin, minuteOfDay, showingAt, spreadOf } from './schedule.ts';
import { wallAddress } from './wall-address.ts';

const at = (clock: string): number => {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
};
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const OPTIONS: ScreenOptions = {
  ...{ language: 'en', inches: null, metres: null, page: null, timeZone: null },
  ...{ dim: null, off: null, offShows: 'clock', hasChime: false },
};

test.each([
  ['09:00', '17:00', '08:59', false],
  ['09:00', '17:00', '09:00', true],
  ['09:00', '17:00', '16:59', true],
  ['09:00', '17:00', '17:00', false],
  ['22:00', '07:00', '21:59', false],
  ['22:00', '07:00', '23:30', true],
  ['22:00', '07:00', '00:00', true],
  ['22:00', '07:00', '06:59', true],
  ['22:00', '07:00', '07:00', false],
])('[TV20] %s to %s holds at %s: %s', (from, to, now, holds) => {
  expect(isWithin(span(from, to), at(now))).toBe(holds);
});

test('[TV20] the hour is that of the site, also where a day has another length', () => {
  expect(minuteOfDay(Date.UTC(2026, 10, 28, 18, 30), 'Asia/Shanghai')).toBe(at('02:30'));
  expect(minuteOfDay(Date.UTC(2026, 10, 28, 0, 5), 'UTC')).toBe(at('00:05'));
  // The hour that the clocks of Berlin jump over.
  expect(minuteOfDay(Date.UTC(2026, 2, 29, 0, 59), 'Europe/Berlin')).toBe(at('01:59'));
  expect(minuteOfDay(Date.UTC(2026, 2, 29, 1, 0), 'Europe/Berlin')).toBe(at('03:00'));
});

test('[TV20] an order to go blank goes before the hours, and these before the dimming', () => {
  const options = { ...OPTIONS, dim: span('18:00', '08:00'), off: span('22:00', '07:00') };
  const shown = (clock: string, isBlank = false) => showingAt({ isBlank, options }, at(clock));
  expect(shown('12:00')).toEqual({ shows: 'board', isDimmed: false });
  expect(shown('19:00')).toEqual({ shows: 'board', isDimmed: true });
  expect(shown('23:00')).toMatchObject({ shows: 'clock' });
  expect(shown('23:00', true)).toEqual({ shows: 'blank', isDimmed: false });
  expect(showingAt({ isBlank: false, options: { ...options, offShows: 'black' } }, at('23:00')).shows).toBe('black');
  expect(showingAt({ isBlank: false, options: OPTIONS }, at('03:00')).shows).toBe('board');
});

test('[TV23] TVs are spread over the whole of a window, each always at the same place', () => {
  const spreads = Array.from({ length: 400 }, (_, i) => spreadOf(`screen-${i}`));
  expect(spreadOf('screen-7')).toBe(spreads[7]);
  for (let tenth = 0; tenth < 10; tenth++) {
    const within = spreads.filter((spread) => Math.floor(spread * 10) === tenth).length;
    expect(within).toBeGreaterThan(15);
  }
});

test('[TV14] what is wanted is an address that a person could have written', () => {
  expect(wallAddress({ site: 'main', board: 'standard', options: OPTIONS })).toBe('/wall?site=main&lang=en');
  const all = { ...OPTIONS, inches: 75, metres: 8.5, page: 2, timeZone: 'Asia/Tokyo', language: 'zh-CN' as const };
  expect(wallAddress({ site: '北 1', board: 'b1', options: all })).toBe(
    '/wall?site=%E5%8C%97+1&lang=zh-CN&board=b1&inches=75&metres=8.5&page=2&tz=Asia%2FTokyo',
  );
});
