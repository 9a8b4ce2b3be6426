import { expect, test } from 'vitest';
import { type DomainEvent, eventBatchSchema } from '../../../shared/event.ts';
import { type AmiMessage, createFramer } from './framing.ts';
import { createTranslator } from './translate.ts';

const AT = Date.UTC(2026, 10, 21, 2);

/** Real framing over hand-written bytes, so that decoding and escapes are those of the wire. */
function messages(...blocks: (string | Buffer)[]): AmiMessage[] {
  const list: AmiMessage[] = [];
  const framer = createFramer();
  framer.push(Buffer.from('Asterisk Call Manager/12.0.0\r\n'), () => {});
  for (const block of blocks)
    framer.push(Buffer.concat([Buffer.from(block), Buffer.from('\r\n\r\n')]), (m) => list.push(m));
  return list;
}

const stamp = (ms: number): string => ((AT + ms) / 1_000).toFixed(6);
const block = (event: string, ms: number | null, fields: Record<string, string | number>): string =>
  [
    `Event: ${event}`,
    ...(ms === null ? [] : [`Timestamp: ${stamp(ms)}`]),
    ...Object.entries(fields).map(([k, v]) => `${k}: ${v}`),
  ].join('\r\n');

const caller = { Uniqueid: 'c1', Queue: 'sales', CallerIDNum: '13800138000', CallerIDName: 'Li' };
const join = (ms: number | null, more = {}) => block('QueueCallerJoin', ms, { ...caller, ...more });
const leave = (ms: number) => block('QueueCallerLeave', ms, caller);
const abandon = (ms: number) => block('QueueCallerAbandon', ms, caller);
const connect = (ms: number, more = {}) =>
  block('AgentConnect', ms, {
    ...caller,
    DestUniqueid: 'leg',
    Interface: 'PJSIP/8001',
    HoldTime: 2,
    RingTime: 1,
    ...more,
  });
const complete = (ms: number, more = {}) =>
  block('AgentComplete', ms, {
    Queue: 'sales',
    Interface: 'PJSIP/8001',
    HoldTime: 2,
    TalkTime: 10,
    Reason: 'caller',
    ...more,
  });

function eventsOf(blocks: (string | Buffer)[], idleAt?: number): DomainEvent[] {
  const translator = createTranslator();
  const events = messages(...blocks).flatMap((message) => translator.event(message, AT + 5_000));
  return idleAt === undefined ? events : [...events, ...translator.idle(AT + 5_000 + idleAt)];
}

test('[AMI1] a queue abandon after a hang-up request of the caller is an abandon, else the caller left otherwise', () => {
  const hangup = block('HangupRequest', 900, { Uniqueid: 'c1' });
  const soft = block('SoftHangupRequest', 900, { Uniqueid: 'c1' });
  const other = block('HangupRequest', 900, { Uniqueid: 'somebody' });
  const outcome = (blocks: string[]) => eventsOf([join(0), ...blocks, abandon(1_000), leave(1_001)]).at(-1);
  expect(outcome([hangup])).toMatchObject({ type: 'contact.left', outcome: 'abandoned', isInferred: false });
  expect(outcome([soft])).toMatchObject({ outcome: 'abandoned' });
  expect(outcome([other])).toMatchObject({ outcome: 'leftOther' });
  expect(outcome([])).toMatchObject({ outcome: 'leftOther' });
});

test('[AMI1] a hang-up request of an earlier life (transfer) does not make a later leave an abandon', () => {
  const soft = block('SoftHangupRequest', 10, { Uniqueid: 'c1' });
  expect(eventsOf([soft, join(20), abandon(1_000)]).at(-1)).toMatchObject({ outcome: 'leftOther' });
});

test('[AMI2] a bare leave is an exit by key after 250 ms of the source’s time, not before', () => {
  const later = (ms: number) =>
    block('QueueMemberStatus', ms, { Queue: 'q', Interface: 'x', MemberName: 'x', Status: 1 });
  expect(eventsOf([join(0), leave(1_000), later(1_249)]).map(({ type }) => type)).not.toContain('contact.left');
  expect(eventsOf([join(0), leave(1_000), later(1_250)])).toContainEqual({
    type: 'contact.left',
    at: AT + 1_000,
    call: 'c1',
    queue: 'sales',
    outcome: 'exitedByKey',
    isInferred: true,
  });
  expect(eventsOf([join(0), leave(1_000)], 300).at(-1)).toMatchObject({ outcome: 'exitedByKey' });
  expect(eventsOf([join(0), leave(1_000), connect(1_017)], 300).map(({ type }) => type)).not.toContain('contact.left');
});

test('[AMI2] a caller who comes back at once had left by key', () => {
  expect(eventsOf([join(0), leave(1_000), join(1_100)]).map(({ type }) => type)).toEqual([
    'contact.offered',
    'contact.left',
    'contact.offered',
  ]);
});

test('[AMI3] an AgentComplete without channels ends the talk of that agent whose length fits', () => {
  const events = eventsOf([
    join(0),
    connect(1_000),
    join(2_000, { Uniqueid: 'c2' }),
    connect(20_000, { Uniqueid: 'c2' }),
    complete(24_000, { TalkTime: 23 }),
    complete(30_000, { TalkTime: 10 }),
  ]);
  const finished = events.filter((event) => event.type === 'contact.finished');
  expect(finished.map(({ call }) => call)).toEqual(['c1', 'c2']);
});

test('[AMI3] the same AgentComplete twice ends one talk; nobody’s AgentComplete names no call', () => {
  const end = complete(11_000);
  expect(eventsOf([join(0), connect(1_000), end, end]).filter(({ type }) => type === 'contact.finished')).toHaveLength(
    1,
  );
  expect(eventsOf([end])).toMatchObject([{ type: 'contact.finished', call: null, reportedTalkMs: 10_000 }]);
});

test('[AMI4] an offer ends by answer, no answer, or silently with its leg, once', () => {
  const called = block('AgentCalled', 0, { ...caller, DestUniqueid: 'leg', Interface: 'PJSIP/8001' });
  const canceled = block('DialEnd', 500, { DestUniqueid: 'leg', DialStatus: 'CANCEL' });
  const noAnswer = block('AgentRingNoAnswer', 900, {
    ...caller,
    DestUniqueid: 'leg',
    Interface: 'PJSIP/8001',
    RingTime: 12_000,
  });
  const hangup = block('Hangup', 950, { Uniqueid: 'leg' });
  const outcomes = (...blocks: string[]) =>
    eventsOf([called, ...blocks]).flatMap((event) => (event.type === 'offer.ended' ? [event.outcome] : []));
  expect(outcomes(canceled, canceled, hangup)).toEqual(['canceled']);
  expect(outcomes(hangup)).toEqual(['canceled']);
  expect(outcomes(noAnswer, hangup)).toEqual(['noAnswer']);
  // The DialEnd of an unanswered ring may come first: the no-answer still counts.
  expect(outcomes(canceled, noAnswer)).toEqual(['canceled', 'noAnswer']);
  expect(outcomes(connect(800))).toEqual(['answered']);
});

test('[AMI4] every end of an offer names its call, also where its start was not heard', () => {
  const called = block('AgentCalled', 0, { ...caller, DestUniqueid: 'leg', Interface: 'PJSIP/8001' });
  const noAnswer = block('AgentRingNoAnswer', 900, { ...caller, DestUniqueid: 'leg', Interface: 'PJSIP/8001' });
  const callsOf = (...blocks: string[]) =>
    eventsOf(blocks).flatMap((event) => (event.type === 'offer.ended' ? [event.call] : []));
  expect(callsOf(called, connect(800))).toEqual(['c1']);
  expect(callsOf(called, block('Hangup', 950, { Uniqueid: 'leg' }))).toEqual(['c1']);
  expect(callsOf(noAnswer)).toEqual(['c1']);
});

const pong = (at: number): AmiMessage =>
  messages(`Response: Success\r\nPing: Pong\r\nTimestamp: ${(at / 1_000).toFixed(6)}\r\n\r\n`)[0] as AmiMessage;

test('[AMI5] without stamps, arrival is the time; with them, what has no stamp is timed on the source’s clock', () => {
  const translator = createTranslator();
  const [bare, stamped] = messages(join(null), join(0, { Uniqueid: 'c2' }));
  expect(translator.event(bare as AmiMessage, 1_000)).toMatchObject([{ at: 1_000 }]);
  expect(translator.event(stamped as AmiMessage, AT - 90_000)).toMatchObject([{ at: AT }]);
  expect(translator.alive(AT - 89_000)).toEqual([{ type: 'source.alive', at: AT + 1_000 }]);
});

test('[AMI5] the answer to a Ping tells the time where no event has, and when the clock was set', () => {
  const translator = createTranslator();
  translator.clock(pong(AT), AT - 90_000);
  const [bare, stamped] = messages(join(null), join(0, { Uniqueid: 'c2' }));
  expect(translator.event(bare as AmiMessage, AT - 89_000)).toMatchObject([{ at: AT + 1_000 }]);
  // The way of an answer is no news.
  translator.clock(pong(AT + 1_200), AT - 89_000);
  expect(translator.alive(AT - 88_000)).toEqual([{ type: 'source.alive', at: AT + 2_000 }]);
  translator.clock(pong(AT - 60_000), AT - 88_000);
  expect(translator.alive(AT - 88_000)).toEqual([{ type: 'source.alive', at: AT - 60_000 }]);
  expect(translator.event(stamped as AmiMessage, AT - 90_000)).toMatchObject([{ at: AT }]);
});

test('[AMI5] stamps that run back by milliseconds are in order; by more than a second, the clock was set back', () => {
  const translator = createTranslator();
  const told = [0, 2_000, 1_996, 1_001, 999].map((ms, i) => {
    translator.event(messages(join(ms, { Uniqueid: `c${i}` }))[0] as AmiMessage, AT);
    return translator.isClockSetBack;
  });
  expect(told).toEqual([false, false, false, false, true]);
});

test('[AMI5] a clock that was set back while nobody was connected is known by the next answer to a Ping', () => {
  const translator = createTranslator();
  const connect = (pongAt: number) => {
    translator.clock(pong(pongAt), AT);
    translator.snapshot(snapshotOf([]));
    return translator.idle(AT + 500);
  };
  expect(connect(AT)[0]).not.toHaveProperty('isClockSetBack');
  translator.event(messages(join(20_000))[0] as AmiMessage, AT + 20_000);
  expect(connect(AT + 19_500)[0]).not.toHaveProperty('isClockSetBack');
  translator.event(messages(join(20_000, { Uniqueid: 'c2' }))[0] as AmiMessage, AT + 20_000);
  expect(connect(AT + 5_000)[0]).toMatchObject({ type: 'source.synced', isClockSetBack: true });
  expect(translator.isClockSetBack).toBe(false);
  expect(connect(AT + 5_500)[0]).not.toHaveProperty('isClockSetBack');
});

const member = (more: Record<string, string> = {}) =>
  block('QueueMember', null, {
    Queue: 'sales',
    Name: 'Ann',
    Location: 'Local/1005@agents/n',
    Status: '2',
    Paused: '0',
    Penalty: '1',
    ...more,
  });
const snapshotOf = (queueRows: AmiMessage[], channelRows: AmiMessage[] | null = []) => ({
  reason: 'connect' as const,
  queueRows,
  channelRows,
  bootedAt: null,
  requestedAt: AT,
  receivedAt: AT,
});

test('[AMI6] a fresh snapshot waits for the first stamp, or half a second', () => {
  const entry = block('QueueEntry', null, {
    Queue: 'sales',
    Uniqueid: 'c9',
    CallerIDNum: '1',
    CallerIDName: 'x',
    Wait: '7',
    ActionID: 'ours',
  });
  const first = createTranslator();
  expect(first.snapshot(snapshotOf(messages(entry)))).toEqual([]);
  const [late] = messages(join(-86_400_000));
  expect(first.event(late as AmiMessage, AT)).toMatchObject([
    { type: 'source.synced', at: AT - 86_400_000, waiting: [{ call: 'c9', offeredAt: AT - 86_407_000 }] },
    { type: 'contact.offered' },
  ]);
  const second = createTranslator();
  second.snapshot(snapshotOf(messages(entry)));
  expect(second.idle(AT + 499)).toEqual([]);
  expect(second.idle(AT + 500)).toMatchObject([{ type: 'source.synced', waiting: [{ offeredAt: AT + 500 - 7_000 }] }]);
});

test('[AMI6] the picture says who talks to whom, with optimised legs and escaped queue names', () => {
  const rows = messages(
    block('CoreShowChannel', null, {
      Channel: 'PJSIP/trunk-0000000a',
      Uniqueid: 'c1',
      Application: 'Queue',
      ApplicationData: 'VIP \\"Gold\\" 客户,t,,,60',
      BridgeId: 'b1',
    }),
    block('CoreShowChannel', null, {
      Channel: 'Local/1005@agents-0000000f;1',
      Uniqueid: 'm1',
      Application: 'AppQueue',
      BridgeId: 'b1',
    }),
    block('CoreShowChannel', null, {
      Channel: 'PJSIP/trunk-0000000b',
      Uniqueid: 'c2',
      Application: 'Queue',
      ApplicationData: 'sales,t',
      BridgeId: 'b2',
    }),
    block('CoreShowChannel', null, {
      Channel: 'PJSIP/trunk-0000000c',
      Uniqueid: 'c3',
      Application: 'Queue',
      ApplicationData: 'sales,t',
      BridgeId: '',
    }),
  );
  const translator = createTranslator();
  translator.snapshot(snapshotOf(messages(member()), rows));
  expect(translator.idle(AT + 600)[0]).toMatchObject({
    talking: [
      { call: 'c1', queue: 'VIP "Gold" 客户', agent: 'Local/1005@agents/n' },
      { call: 'c2', queue: 'sales', agent: null },
    ],
    memberships: [{ agent: 'Local/1005@agents/n', device: 'busy', penalty: 1 }],
  });
});

test('[AMI7] a caller who hung up without a word from the queue is gone after 3 s', () => {
  const hangup = block('Hangup', 2_000, { Uniqueid: 'c1' });
  expect(eventsOf([join(0), hangup], 1_000).at(-1)).toMatchObject({ type: 'contact.offered' });
  expect(eventsOf([join(0), hangup], 3_000).at(-1)).toMatchObject({
    type: 'contact.left',
    outcome: 'unknown',
    isInferred: true,
  });
  expect(eventsOf([join(0), connect(1_000), hangup], 3_000).at(-1)).toMatchObject({
    type: 'contact.finished',
    endedBy: 'unknown',
  });
  expect(eventsOf([join(0), connect(1_000), hangup, complete(3_500, { Uniqueid: 'c1' })], 6_000).at(-1)).toMatchObject({
    endedBy: 'caller',
  });
});

test('names: escapes of events are undone, raw rows are kept, control characters and GBK are made readable', () => {
  const names = (block: string | Buffer) =>
    eventsOf([block]).flatMap((event) => (event.type === 'contact.offered' ? [event.caller.name] : []));
  expect(names(join(0, { CallerIDName: 'Dana O\\\'Hara \\"Ace\\" \\\\ x\\r\\ny' }))).toEqual([
    'Dana O\'Hara "Ace" \\ x  y',
  ]);
  const gbk = Buffer.concat([
    Buffer.from(join(0, {}).replace('CallerIDName: Li', 'CallerIDName: ')),
    Buffer.from([0xc0, 0xee, 0xc0, 0xd7]),
  ]);
  expect(names(gbk)).toEqual(['李雷']);
  expect(names(join(0, { CallerIDName: '<unknown>' }))).toEqual([null]);
  const cut = block('QueueEntry', null, { Queue: 'sales', Uniqueid: 'c1', CallerIDName: 'x', Wait: '99999' });
  const injected = block('QueueEntry', null, {
    Queue: 'sales',
    Uniqueid: 'c1',
    CallerIDName: 'x\r\nWait: 99999',
    Wait: '3',
    ActionID: 'ours',
  });
  const offeredAt = (row: string) => {
    const translator = createTranslator();
    translator.snapshot(snapshotOf(messages(row)));
    return translator.idle(AT + 600)[0];
  };
  expect(offeredAt(injected)).toMatchObject({ waiting: [{ offeredAt: AT + 600 - 3_000 }] });
  // A name with an empty line ends the row early: what it forged before that is not believed.
  expect(offeredAt(cut)).toMatchObject({ waiting: [{ offeredAt: AT + 600 }] });
});

test('an identifier that is too long to keep costs its own row or event, not the snapshot', () => {
  const long = 'q'.repeat(257);
  const translator = createTranslator();
  translator.snapshot(snapshotOf(messages(member(), member({ Queue: long }), member({ Location: long }))));
  const [synced] = translator.idle(AT + 600);
  expect(synced).toMatchObject({ memberships: [{ queue: 'sales' }] });
  expect(eventBatchSchema.safeParse({ v: 1, source: 's', receivedAt: AT, events: [synced] }).success).toBe(true);
  expect(eventsOf([join(0, { Queue: long })])).toMatchObject([{ type: 'anomaly.seen' }]);
});

test('a message that names nobody is a counted anomaly', () => {
  for (const name of [
    'QueueCallerJoin',
    'AgentConnect',
    'AgentComplete',
    'AgentCalled',
    'QueueMemberStatus',
    'QueueMemberRemoved',
  ]) {
    expect(eventsOf([block(name, 0, { Foo: 'bar' })])).toMatchObject([
      { type: 'anomaly.seen', kind: `ami.${name} lacks identity` },
    ]);
  }
});

test('an announced shutdown is told apart from a lost connection', () => {
  const translator = createTranslator();
  const [shutdown] = messages(block('Shutdown', 0, { Shutdown: 'Cleanly', Restart: 'True' }));
  translator.event(shutdown as AmiMessage, AT);
  expect(translator.disconnected(AT + 900, 'closed')).toMatchObject([{ type: 'source.lost', cause: 'stopped' }]);
  expect(translator.disconnected(AT + 99_000, 'closed')).toMatchObject([{ cause: 'closed' }]);
});
