import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineParser } from './line.ts';

const bytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const parse = (line: string, parser = new LineParser()) => parser.parse(line);

test('[QL1] a line is its time, call, queue, agent, event and data', () => {
  expect(parse("1795282240|1795282224.92|support|Rosa O'Neil|COMPLETECALLER|5|10|4")).toEqual({
    at: 1_795_282_240_000,
    call: '1795282224.92',
    queue: 'support',
    agent: "Rosa O'Neil",
    event: 'COMPLETECALLER',
    data: ['5', '10', '4'],
  });
  expect(parse('1795282182|NONE|NONE|NONE|QUEUESTART|\r')).toMatchObject({ event: 'QUEUESTART' });
});

test.each(['', 'garbage', '|||||', '17952|a|b', 'x95282240|1.2|q|NONE|ABANDON|1|1|3', '1795282240|1.2|q|NONE'])(
  '[QL1] %j is no line',
  (line) => expect(parse(line)).toBeUndefined(),
);

test('[QL2] a name may hold the separator, and even the word of an event', () => {
  const agentOf = (name: string) => parse(`1795282240|1.2|sales|${name}|COMPLETEAGENT|2|10|1`);
  expect(agentOf('QA|2')).toMatchObject({ queue: 'sales', agent: 'QA|2', data: ['2', '10', '1'] });
  expect(agentOf('a|CONNECT|b')).toMatchObject({ agent: 'a|CONNECT|b', event: 'COMPLETEAGENT' });
  const parser = new LineParser();
  expect(parse('1795282240|1.2|odd|queue|NONE|ENTERQUEUE||10086|1', parser)).toMatchObject({ queue: 'odd|queue' });
  expect(parse('1795282241|1.2|odd|queue|An|n|CONNECT|1|1.3|1', parser)).toMatchObject({
    queue: 'odd|queue',
    agent: 'An|n',
  });
});

test('[QL3] names are UTF-8 or GB18030, each by itself, also with a separator in a character', () => {
  const gbk = Buffer.from([0xc0, 0xee, 0xc0, 0xf2]).toString('latin1');
  expect(parse(`1795282240|1.2|${bytes('订单查询')}|${gbk}|CONNECT|2|1.3|1`)).toMatchObject({
    queue: '订单查询',
    agent: '李莉',
  });
  // 0x7C is the separator, and the second byte of 眧 in GBK.
  const withBar = Buffer.from([0xb1, 0x7c]).toString('latin1');
  expect(parse(`1795282240|1.2|sales|${withBar}|CONNECT|2|1.3|1`)?.agent).toBe(
    new TextDecoder('gb18030').decode(Uint8Array.of(0xb1, 0x7c)),
  );
});

test('[QL4] a line that was cut by the death of the PBX does not swallow the next one', () => {
  expect(parse('1795283257|1795283250.40|sales|Ann|CONN1795283259|NONE|NONE|NONE|QUEUESTART|')).toMatchObject({
    at: 1_795_283_259_000,
    event: 'QUEUESTART',
  });
  expect(parse('1795282215|1795282214.2|vip|NONE|ENTERQUEUE||2125550148|1')).toMatchObject({ call: '1795282214.2' });
});

test('[QL1] any line at all is taken or left, never thrown at', () => {
  const piece = fc.constantFrom('|', '1795282240', 'NONE', 'CONNECT', '1.2', 'q', '\xc0', '1795283259|NONE|');
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }), (pieces) => {
      const parser = new LineParser();
      parser.parse(pieces.join(''));
      parser.parse(pieces.join('|'));
    }),
    { numRuns: 500 },
  );
});
