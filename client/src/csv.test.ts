import { expect, test } from 'vitest';
import { csvOf, fileName } from './csv.ts';
import { createFormat } from './i18n/format.ts';

test('[FLO20] a mark for Excel, its line ends, quotes where they are needed, numbers as numbers', () => {
  expect(
    csvOf([
      ['姓名', 'n'],
      ['a "b", c', -1.5],
      ['x\ny', null],
      ['', Number.NaN],
    ]),
  ).toBe('\ufeff姓名,n\r\n"a ""b"", c",-1.5\r\n"x\ny",\r\n,\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠x'])(
  '[FLO21] %j from outside is no formula',
  (text) => {
    const [line] = csvOf([[text]])
      .slice(1)
      .split('\r\n,');
    expect(line?.replace(/^"/, '')).toMatch(/^'/);
  },
);

test('[FLO20] files are named in the time of the site', () => {
  const { dateTime } = createFormat('en', 'Asia/Shanghai');
  expect(fileName('agents', dateTime(Date.UTC(2026, 10, 21, 22, 5)))).toBe('floorcast-agents-2026-11-22-0605.csv');
});
