import { expect, test } from 'vitest';
import type { DomainEvent } from '../../../shared/event.ts';
import { LineParser } from './line.ts';
import { LogTranslator } from './translate.ts';

const T = 1_795_282_200;
/** Lines as `seconds after T|rest`. */
function told(...lines: string[]): DomainEvent[] {
  const parser = new LineParser();
  const translator = new LogTranslator();
  return lines.flatMap((line) => {
    const [s = '', ...rest] = line.split('|');
    const parsed = parser.parse([T + Number(s), ...rest].join('|'));
    if (!parsed) throw new Error(`no line: ${line}`);
    return translator.line(parsed);
  });
}
const at = (s: number): number => (T + s) * 1_000;
const enter = (s: number, call = '1.2', queue = 'sales'): string => `${s}|${call}|${queue}|NONE|ENTERQUEUE||10086|1`;
const connect = (s: number, wait: number): string => `${s}|1.2|sales|Ann|CONNECT|${wait}|1.3|1`;

test('[QL5] an answered visit is told once, when its talk is over', () => {
  expect(told(enter(0), connect(6, 6))).toEqual([]);
  expect(told(enter(0), connect(6, 6), '80|1.2|sales|Ann|COMPLETECALLER|6|74|1')).toEqual([
    {
      type: 'contact.recorded',
      at: at(80),
      call: '1.2',
      queue: 'sales',
      offeredAt: at(0),
      nth: 0,
      callerNumber: '10086',
      outcome: 'answered',
      agentName: 'Ann',
      waitMs: 6_000,
      talkMs: 74_000,
      endedBy: 'caller',
    },
  ]);
});

test.each([
  ['BLINDTRANSFER|2001|xfer|4|44|4', 44_000],
  ['ATTENDEDTRANSFER|BRIDGE|bb99899c-5677|5|12|2', 12_000],
  ['ATTENDEDTRANSFER|LINK|PJSIP/a|PJSIP/b|5|13|2', 13_000],
  ['TRANSFER|2001|xfer|4|45|4', 45_000],
])('[QL5] %s ends a talk as a transfer', (end, talkMs) => {
  expect(told(enter(0), connect(4, 4), `90|1.2|sales|Ann|${end}`)).toMatchObject([
    { outcome: 'answered', endedBy: 'transfer', waitMs: 4_000, talkMs },
  ]);
});

test.each([
  ['ABANDON|1|1|3', 'abandoned', 3_000],
  ['EXITWITHTIMEOUT|2|15|60', 'timedOut', 60_000],
  ['EXITWITHTIMEOUT|2', 'timedOut', 9_000],
  ['EXITEMPTY|4|26|39', 'leftOther', 39_000],
  ['WITHDRAW|3|4|1|desk', 'leftOther', 1_000],
  ['EXITWITHKEY|1|2|3|4', 'exitedByKey', 4_000],
  ['EXITWITHKEY|1|2', 'exitedByKey', 9_000],
  ['SYSCOMPAT|', 'leftOther', 9_000],
])('[QL5] %s is %s', (end, outcome, waitMs) => {
  expect(told(enter(0), `9|1.2|sales|NONE|${end}`)).toMatchObject([{ outcome, waitMs, talkMs: null, agentName: null }]);
});

test('[QL6] the start of Asterisk ends what was open: a wait is unknown, a talk has no length', () => {
  const open = [enter(0), connect(3, 3), enter(1, '1.9', 'vip')];
  expect(told(...open, '100|NONE|NONE|NONE|QUEUESTART|')).toMatchObject([
    { call: '1.2', outcome: 'answered', agentName: 'Ann', waitMs: 3_000, talkMs: null, at: at(100) },
    { call: '1.9', outcome: 'unknown', agentName: null, waitMs: null },
  ]);
});

test('[QL7] an end without its beginning tells the whole visit, to a second', () => {
  expect(told('90|1.2|sales|Ann|COMPLETEAGENT|6|74|1')).toMatchObject([
    { offeredAt: at(10), waitMs: 6_000, talkMs: 74_000, agentName: 'Ann' },
  ]);
  expect(told('90|1.2|sales|NONE|ABANDON|1|1|30')).toMatchObject([{ offeredAt: at(60), waitMs: 30_000 }]);
});

test('[QL8] a call transferred back waits while its earlier talk is still being ended', () => {
  const lines = [enter(0), connect(3, 3), enter(20), '20|1.2|sales|Ann|BLINDTRANSFER|2001|xfer|3|17|1'];
  expect(told(...lines, '25|1.2|sales|NONE|ABANDON|1|1|5')).toMatchObject([
    { offeredAt: at(0), outcome: 'answered', talkMs: 17_000 },
    { offeredAt: at(20), outcome: 'abandoned' },
  ]);
});

test('[QL9] visits of a call to a queue within one second are told apart', () => {
  const loop = [enter(0), '0|1.2|sales|NONE|EXITEMPTY|1|1|0'];
  expect(told(...loop, ...loop, enter(1), '1|1.2|sales|NONE|EXITEMPTY|1|1|0')).toMatchObject([
    { offeredAt: at(0), nth: 0 },
    { offeredAt: at(0), nth: 1 },
    { offeredAt: at(1), nth: 0 },
  ]);
  const rings = '5|1.2|sales|Ann|RINGNOANSWER|2000';
  expect(told(enter(0), rings, rings)).toMatchObject([
    { type: 'offer.recorded', agentName: 'Ann', ringMs: 2_000, nth: 0 },
    { nth: 1 },
  ]);
});

test('[QL10] a wait whose end is missing ends as unknown when the call comes again, or after a day', () => {
  expect(told(enter(0), enter(50, '1.2', 'vip'))).toMatchObject([{ queue: 'sales', outcome: 'unknown', at: at(50) }]);
  expect(told(enter(0), enter(90_000, '2.1'))).toMatchObject([{ call: '1.2', outcome: 'unknown' }]);
});

test('[QL11] what must be read again begins with the oldest open visit', () => {
  const translator = new LogTranslator();
  const parser = new LineParser();
  for (const line of [`${T}|1.2|q|NONE|ENTERQUEUE||1|1`, `${T + 5}|1.3|q|NONE|ENTERQUEUE||1|1`]) {
    const parsed = parser.parse(line);
    if (parsed) translator.line(parsed);
  }
  expect(translator.needsFrom(at(9))).toBe(at(0));
  const end = parser.parse(`${T + 9}|1.2|q|NONE|ABANDON|1|1|9`);
  if (end) translator.line(end);
  expect(translator.needsFrom(at(9))).toBe(at(5));
  expect(new LogTranslator().needsFrom(at(9))).toBe(at(9));
});
