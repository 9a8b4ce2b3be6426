import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Report, Wanted } from '../../../shared/api-screens.ts';
import { REPORT_EVERY_MS } from '../../../shared/screen.ts';
import { IDENTIFY_MS, Reporter } from './reporter.ts';

const WANTED: Wanted = {
  ...{
    id: 's1',
    number: 3,
    version: 1,
    name: '三楼',
    site: 'main',
    board: 'standard',
    boardNumber: null,
    isBlank: false,
    build: 'a',
  },
  options: {
    ...{ language: 'zh-CN', inches: null, metres: null, page: null, timeZone: null },
    ...{ dim: null, off: null, offShows: 'clock', hasChime: false },
  },
  ...{ identify: null, reload: false },
};

let reports: Report[];
let answer: () => Promise<Wanted>;
let upMs: number;
const reload = vi.fn();
let reporter: Reporter;

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  upMs = 60_000;
  answer = async () => WANTED;
  reload.mockClear();
  reporter = new Reporter({
    send: (report) => {
      reports.push(report);
      return answer();
    },
    machine: () => ({ width: 1920, height: 1080, paintAgeMs: 100, upMs, heapBytes: null }),
    reload,
    first: null,
  });
});
afterEach(() => {
  reporter.stop();
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

test('[TV15] a TV reports every 15 s, also when the server was away', async () => {
  reporter.start();
  await settle();
  answer = () => Promise.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS);
  answer = async () => ({ ...WANTED, name: '二楼' });
  await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS);
  expect(reports).toHaveLength(3);
  expect(reporter.wanted?.name).toBe('二楼');
});

test('[TV15] what is in force on it is reported at once', async () => {
  reporter.start();
  await settle();
  reporter.tell({ assignment: 1, shows: 'board' });
  await settle();
  reporter.tell({ shows: 'blank', assignment: 2 });
  await settle();
  reporter.tell({ freshness: 'fresh' });
  await settle();
  expect(reports.map(({ assignment, shows }) => [assignment, shows])).toEqual([
    [0, 'board'],
    [1, 'board'],
    [2, 'blank'],
  ]);
});

test('[TV15] wishes that come while a report is under way are one report', async () => {
  let tell = (_: Wanted) => {};
  answer = () => new Promise((resolve) => (tell = resolve));
  reporter.start();
  reporter.report();
  reporter.report();
  expect(reports).toHaveLength(1);
  tell(WANTED);
  await settle();
  expect(reports).toHaveLength(2);
});

test('[TV16] its name is shown once for ten seconds, and reported as shown', async () => {
  answer = async () => ({ ...WANTED, identify: 77 });
  reporter.start();
  await settle();
  expect(reporter.isIdentifying).toBe(true);
  expect(reports.map(({ identified }) => identified)).toEqual([null, 77]);
  await vi.advanceTimersByTimeAsync(IDENTIFY_MS);
  expect(reporter.isIdentifying).toBe(false);
  await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS);
  expect(reporter.isIdentifying).toBe(false);
});

test('[TV16] an order to load anew is obeyed, but never by a page that has just come', async () => {
  answer = async () => ({ ...WANTED, reload: true });
  upMs = 2_000;
  reporter.start();
  await settle();
  expect(reload).not.toHaveBeenCalled();
  upMs = 20_000;
  await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS);
  expect(reload).toHaveBeenCalledTimes(1);
});

test('[TV22] a page knows of which build it is by the first answer', async () => {
  reporter.start();
  await settle();
  answer = async () => ({ ...WANTED, build: 'b' });
  await vi.advanceTimersByTimeAsync(REPORT_EVERY_MS);
  expect(reporter.builds).toEqual({ build: 'a', newestBuild: 'b' });
  expect(reports.map(({ build }) => build)).toEqual([null, 'a']);
});
