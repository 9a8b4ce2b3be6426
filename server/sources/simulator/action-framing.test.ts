import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createActionFraming, type Framed } from './action-framing.ts';

const summary = (framed: readonly Framed[]): unknown[] =>
  framed.map((f) => (f.kind === 'action' ? [f.action.name, f.action.actionId, f.action.get('Queue')] : f.kind));

test('[SIM1] actions come out the same wherever the bytes are cut, with CRLF or LF, with or without the space', () => {
  const bytes = Buffer.from(
    'Action: QueueStatus\r\nQueue: 订单查询\r\nActionID: a:1\r\n\r\naction:ping\nactionid:b\n\n\r\n' +
      `Action: Ping\r\nActionID: ${'y'.repeat(1500)}\r\n\r\nAction: Logoff\r\n\r\n`,
  );
  const expected = [
    ['QueueStatus', 'a:1', Buffer.from('订单查询').toString('latin1')],
    ['ping', 'b', undefined],
    'missing-action',
    'line-too-long',
    ['Logoff', undefined, undefined],
  ];
  expect(summary(createActionFraming()(bytes))).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 }), (cuts) => {
      const frame = createActionFraming();
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const framed = edges.flatMap((from, i) => frame(bytes.subarray(from, edges[i + 1] ?? bytes.length)));
      expect(summary(framed)).toEqual(expected);
    }),
  );
});

test('[SIM2] a line without an end takes no memory', () => {
  const frame = createActionFraming();
  for (let i = 0; i < 200; i++) expect(frame(Buffer.alloc(64 * 1024, 'x'))).toEqual([]);
  expect(summary(frame(Buffer.from('\r\n\r\nAction: Ping\r\n\r\n')))).toEqual([
    'line-too-long',
    ['Ping', undefined, undefined],
  ]);
});
