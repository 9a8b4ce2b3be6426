import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFramer, type FramerOptions } from './framing.ts';
import type { AmiMessage } from './message.ts';

const BANNER = 'Asterisk Call Manager/12.0.0\r\n';

interface Read {
  readonly messages: AmiMessage[];
  readonly counters: { readonly oversized: number; readonly malformedLine: number; readonly unnamed: number };
}

function read(chunks: readonly (string | Buffer)[], options?: FramerOptions): Read {
  const framer = createFramer(options);
  const messages: AmiMessage[] = [];
  for (const chunk of chunks) framer.push(Buffer.from(chunk as string), (message) => messages.push(message));
  return { messages, counters: { ...framer.counters } };
}

const plain = ({ kind, name, headers }: AmiMessage, message: AmiMessage) => ({
  kind,
  name,
  headers: [...headers.call(message)],
});
const plainAll = (messages: readonly AmiMessage[]) => messages.map((message) => plain(message, message));

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ordered = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ordered, bytes.length].map((end, i) => bytes.subarray(ordered[i - 1] ?? 0, end));
}

const headerName = fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,12}$/);
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('王小明', '坐席 🎧 一', "Q: it's 50% off? {x}", '', "Dana O\\'Hara"),
);
const line = fc.tuple(headerName, value).map(([name, text]) => `${name}: ${text.replaceAll(/[\r\n]/g, ' ')}`);
const message = fc
  .tuple(
    fc.constantFrom('Event: QueueCallerJoin', 'Event: VarSet', 'Response: Success', 'Odd line'),
    fc.array(line, { maxLength: 8 }),
  )
  .map(([first, rest]) => [first, ...rest].join('\r\n'));

test('[AMI20] any way of cutting the bytes gives the same messages and counts', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.constantFrom('\r\n\r\n', '\r\n\r\n\r\n', '\n\n', '\r\n\n'),
      fc.array(fc.nat(), { maxLength: 40 }),
      fc.boolean(),
      (texts, end, cuts, hasBanner) => {
        const bytes = Buffer.from((hasBanner ? BANNER : '') + texts.map((text) => text + end).join(''));
        const options = { maxMessageBytes: 60, wanted: new Set(['QueueCallerJoin']) };
        const whole = read([bytes], options);
        const cut = read(cutAt(bytes, cuts), options);
        expect(plainAll(cut.messages)).toEqual(plainAll(whole.messages));
        expect(cut.counters).toEqual(whole.counters);
        const single = read(
          [...bytes].map((byte) => Buffer.from([byte])),
          options,
        );
        expect(plainAll(single.messages)).toEqual(plainAll(whole.messages));
        expect(single.counters).toEqual(whole.counters);
      },
    ),
    { numRuns: 300 },
  );
});

test('[AMI21] messages come back as they were written', () => {
  const named = fc.array(
    fc.tuple(
      headerName,
      value.map((text) => text.replaceAll(/[\r\n]/g, ' ')),
    ),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(fc.array(named, { minLength: 1, maxLength: 6 }), (all) => {
      const written = all.map((headers) => [['Event', 'Test'] as const, ...headers]);
      const bytes = written.map((headers) => `${headers.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\n\r\n`).join('');
      const { messages } = read([BANNER, bytes]);
      expect(messages.slice(1).map((m) => [...m.headers()])).toEqual(written);
      for (const [i, headers] of written.entries()) {
        for (const [name] of headers) {
          const same = headers.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, text]) => text);
          expect(messages[i + 1]?.get(name.toUpperCase())).toBe(same[0]);
          expect(messages[i + 1]?.getLast(name.toLowerCase())).toBe(same.at(-1));
        }
      }
    }),
  );
});

test('[AMI22] the banner is a message of its own, also when what follows came with it', () => {
  const { messages } = read([`${BANNER}Response: Success\r\nMessage: Authentication accepted\r\n\r\n`]);
  expect(plainAll(messages)).toEqual([
    { kind: 'banner', name: 'Asterisk Call Manager/12.0.0', headers: [] },
    {
      kind: 'response',
      name: 'Success',
      headers: [
        ['Response', 'Success'],
        ['Message', 'Authentication accepted'],
      ],
    },
  ]);
});

test('[AMI23] without a banner the first message is read as one', () => {
  expect(read(['Event: Reload\r\n\r\n']).messages.map(({ name }) => name)).toEqual(['Reload']);
});

test('[AMI24] UTF-8, emoji and GBK stand side by side, each field decoded on its own', () => {
  const gbk = Buffer.from([0xcd, 0xf5, 0xd0, 0xa1, 0xc3, 0xf7]);
  const bytes = Buffer.concat([
    Buffer.from(`${BANNER}Event: QueueMember\r\nName: `),
    gbk,
    Buffer.from('\r\nPausedReason: 午餐 🍜\r\nLocation: Local/1030@agents/n\r\n\r\n'),
  ]);
  for (let cut = 0; cut < bytes.length; cut += 1) {
    const member = read([bytes.subarray(0, cut), bytes.subarray(cut)]).messages[1];
    expect(member?.get('Name')).toBe('王小明');
    expect(member?.get('PausedReason')).toBe('午餐 🍜');
    expect(member?.get('Location')).toBe('Local/1030@agents/n');
  }
});

test('[AMI25] a text that Asterisk cut inside a character is still UTF-8', () => {
  const reason = Buffer.from('午餐会议').subarray(0, -1);
  const bytes = Buffer.concat([Buffer.from('Event: QueueMember\r\nPausedReason: '), reason, Buffer.from('\r\n\r\n')]);
  expect(read([bytes]).messages[0]?.get('PausedReason')).toBe('午餐会');
  const gbkWithAscii = Buffer.concat([
    Buffer.from('Event: QueueMember\r\nName: VIP'),
    Buffer.from([0xe4, 0xb8]),
    Buffer.from('\r\n\r\n'),
  ]);
  expect(read([gbkWithAscii]).messages[0]?.get('Name')).toBe('VIP涓');
});

test('[AMI26] a name with CR LF injects a header and cannot replace the ones before or the last one', () => {
  const entry =
    'Event: QueueEntry\r\nQueue: sales\r\nUniqueid: 1.2\r\nCallerIDName: x\r\nUniqueid: 9.9\r\nWait: 999\r\nWait: 5\r\nActionID: a\r\n\r\n';
  const message = read([entry]).messages[0];
  expect(message?.get('Uniqueid')).toBe('1.2');
  expect(message?.get('Wait')).toBe('999');
  expect(message?.getLast('Wait')).toBe('5');
});

test('[AMI27] the first colon splits; a value may be empty; one space is dropped, not two', () => {
  const message = read([
    "Event: QueueParams\r\nQueue: Q: it's 50% off? {x}\r\nEmpty:\r\nSpace: \r\nTwo:  x\r\nNone:y\r\n\r\n",
  ]).messages[0];
  const values = ['Queue', 'Empty', 'Space', 'Two', 'None', 'Absent', 'Queu'].map((header) => message?.get(header));
  expect(values).toEqual(["Q: it's 50% off? {x}", '', '', ' x', 'y', undefined, undefined]);
});

test('[AMI28] header names are found in any letter case, and only whole', () => {
  const message = read(['event:Hangup\r\nCAUSE-txt: a\r\nCause: b\r\n\r\n']).messages[0];
  expect(message?.kind).toBe('event');
  expect([message?.get('cause'), message?.get('Cause-Txt'), message?.get('Caus'), message?.get('Cause\rtxt')]).toEqual([
    'b',
    'a',
    undefined,
    undefined,
  ]);
});

test('[AMI29] OriginateResponse is an event in spite of its Response header', () => {
  const text = 'Event: OriginateResponse\r\nActionID: theirs\r\nResponse: Failure\r\n\r\n';
  const reordered = 'Response: Failure\r\nEvent: OriginateResponse\r\n\r\n';
  const { messages } = read([text, reordered]);
  expect(messages.map(({ kind, name }) => [kind, name])).toEqual([
    ['event', 'OriginateResponse'],
    ['event', 'OriginateResponse'],
  ]);
  expect(read([text, reordered], { wanted: new Set(['Hangup']) }).messages).toEqual([]);
});

test('[AMI30] only wanted events pass; responses always do', () => {
  const text =
    'Event: VarSet\r\nValue: x\r\n\r\nEvent:Hangup\r\n\r\nResponse: Error\r\n\r\nEvent: HangupRequest\r\n\r\n';
  expect(read([text], { wanted: new Set(['Hangup']) }).messages.map(({ name }) => name)).toEqual(['Hangup', 'Error']);
});

test('[AMI31] extra blank lines are no messages, and LF alone ends lines', () => {
  const text = 'Response: Success\r\nActionID: r\r\n\r\n\r\nEvent: A\nB: c\n\n\nEvent: D\r\n\r\n\r\n\r\n';
  const { messages, counters } = read([text]);
  expect(messages.map(({ name }) => name)).toEqual(['Success', 'A', 'D']);
  expect(messages[1]?.get('B')).toBe('c');
  expect(counters).toEqual({ oversized: 0, malformedLine: 0, unnamed: 0 });
});

test('[AMI32] lines without a name and messages without a kind are counted, and the rest is read', () => {
  const { messages, counters } = read([
    'Event: A\r\nno colon here\r\n: no name\r\nB: c\r\n\r\nWait: 3\r\n\r\nEvent: D\r\n\r\n',
  ]);
  expect(messages.map(({ name }) => name)).toEqual(['A', 'D']);
  expect(messages[0]?.get('B')).toBe('c');
  expect(counters).toEqual({ oversized: 0, malformedLine: 2, unnamed: 1 });
});

test('[AMI33] a line of 10 MB is dropped in bounded memory, counted once, and the next message is read', () => {
  const framer = createFramer();
  const names: string[] = [];
  const push = (text: string): void => framer.push(Buffer.from(text), ({ name }) => names.push(name));
  push(`${BANNER}Event: Huge\r\nValue: `);
  const piece = 'x'.repeat(64 * 1024);
  let mostHeld = 0;
  for (let sent = 0; sent < 10 * 1024 * 1024; sent += piece.length) {
    push(piece);
    mostHeld = Math.max(mostHeld, framer.heldBytes);
  }
  expect(mostHeld).toBeLessThanOrEqual(256 * 1024 + 4);
  expect(framer.heldBytes).toBeLessThanOrEqual(4);
  push('\r\n\r');
  push('\nEvent: Next\r\n\r\n');
  expect(names).toEqual(['Asterisk Call Manager/12.0.0', 'Next']);
  expect(framer.counters).toEqual({ oversized: 1, malformedLine: 0, unnamed: 0 });
});

test('[AMI34] a message at the limit passes and one byte more does not, cut or whole', () => {
  const fits = `Event: A\r\nB: ${'x'.repeat(40)}`;
  const exceeds = `${fits}x`;
  const bytes = Buffer.from(`${fits}\r\n\r\n${exceeds}\r\n\r\n${fits}\r\n\r\n`);
  for (const chunks of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
    const { messages, counters } = read(chunks, { maxMessageBytes: fits.length });
    expect(messages).toHaveLength(2);
    expect(counters.oversized).toBe(1);
  }
});
