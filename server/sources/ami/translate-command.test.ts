import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Command, commandSchema, type Order } from '../../../shared/command.ts';
import { type AmiAction, encodeAction } from './login.ts';
import { type AmiMessage, RawMessage } from './message.ts';
import { MemberBook } from './translate-book.ts';
import { causeOfMessage, causeOfOriginate, type PlanContext, pauseReason, planOrder } from './translate-command.ts';
import { isShown, isShownInPicture } from './translate-effect.ts';

const ID = 'b3f1f6a0-6c3b-4e57-9d0a-5b1c6d9f0a11';
const AGENT = 'PJSIP/8001';
const CHANNEL_ID = 'floorcast-1';

const message = (...lines: string[]): AmiMessage => new RawMessage(Buffer.from(lines.join('\r\n')).toString('latin1'));
const memberRow = (queue: string, over: Record<string, string> = {}, agent = AGENT): AmiMessage => {
  const fields = {
    Queue: queue,
    Name: '王小明',
    Location: agent,
    StateInterface: 'Custom:A8001',
    Membership: 'dynamic',
    Penalty: '2',
    Paused: '0',
    PausedReason: '',
    ...over,
  };
  return message('Event: QueueMember', ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`));
};
const memberEvent = (name: string, queue: string, over: Record<string, string> = {}): AmiMessage => {
  const fields = { Queue: queue, Interface: AGENT, MemberName: '王小明', Penalty: '2', Paused: '0', ...over };
  return message(`Event: ${name}`, ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`));
};
const channel = (name: string, over: Record<string, string> = {}): AmiMessage => {
  const fields = { Channel: name, ChannelState: '6', Uniqueid: `u-${name}`, Application: '', BridgeId: '', ...over };
  return message('Event: CoreShowChannel', ...Object.entries(fields).map(([key, value]) => `${key}: ${value}`));
};

function bookOf(...rows: AmiMessage[]): MemberBook {
  const book = new MemberBook();
  book.picture(rows);
  return book;
}

const order = (command: Command, over: Partial<Order> = {}): Order => ({
  command,
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  agentName: 'Wang Xiaoming',
  restores: null,
  undoes: null,
  ...over,
});

function planned(command: Command, context: Partial<PlanContext> = {}, over: Partial<Order> = {}) {
  const full = { book: bookOf(memberRow('q1'), memberRow('q2')), channels: null, channelId: CHANNEL_ID, ...context };
  const plan = planOrder(order(command, over), full);
  if (plan === 'channels' || 'cause' in plan) throw new Error(JSON.stringify(plan));
  return plan;
}
const refusal = (command: Command, context: Partial<PlanContext> = {}, over: Partial<Order> = {}) =>
  planOrder(order(command, over), { book: bookOf(memberRow('q1')), channels: null, channelId: CHANNEL_ID, ...context });

const lines = (action: AmiAction | undefined): string[] =>
  action ? encodeAction(action, 'id').trimEnd().split('\r\n') : [];

test('[CMD20] a pause of all queues is one action; its effect is in every queue', () => {
  const plan = planned({ id: ID, do: 'pause', agent: AGENT, queue: null, reason: '午餐' });
  expect(plan.actions).toEqual([{ name: 'QueuePause', fields: { Interface: AGENT, Paused: '1', Reason: '午餐' } }]);
  expect(plan.effects).toHaveLength(2);
  expect(plan.before.map(({ paused }) => paused)).toEqual([false, false]);
  expect(plan.after).toEqual(
    ['q1', 'q2'].map((queue) => ({ queue, isMember: true, paused: true, reason: '午餐', penalty: 2 })),
  );
  const one = planned({ id: ID, do: 'unpause', agent: AGENT, queue: 'q2', reason: '' });
  expect(one.actions).toEqual([{ name: 'QueuePause', fields: { Interface: AGENT, Queue: 'q2', Paused: '0' } }]);
  expect(refusal({ id: ID, do: 'pause', agent: AGENT, queue: 'q9', reason: 'x' })).toEqual({ cause: 'agent.notThere' });
});

test('[CMD20] whoever joins a queue keeps the name and the device that the PBX knows', () => {
  const join: Command = { id: ID, do: 'join-queue', agent: AGENT, queue: 'q3', penalty: 4, reason: '' };
  expect(planned(join).actions).toEqual([
    {
      name: 'QueueAdd',
      fields: {
        Queue: 'q3',
        Interface: AGENT,
        Penalty: '4',
        Paused: '0',
        MemberName: '王小明',
        StateInterface: 'Custom:A8001',
      },
    },
  ]);
  expect(planned(join, { book: bookOf() }).actions[0]?.fields).toMatchObject({ MemberName: 'Wang Xiaoming' });
  const book = bookOf(memberRow('q1'));
  book.event(memberEvent('QueueMemberRemoved', 'q1'));
  // Signed out of everything, and still known by name.
  expect(planned(join, { book }).actions[0]?.fields).toMatchObject({ MemberName: '王小明' });
});

test('[CMD21] no text that the API lets in makes a line of its own, and none is cut into', () => {
  // Half of them full of control characters; made by hand, because fast-check's own take seconds.
  const point = fc.oneof(fc.integer({ max: 0xff, min: 0 }), fc.integer({ min: 0x1000, max: 0x2fff }));
  const plain = fc.integer({ min: 0x20, max: 0x7e });
  const text = fc
    .oneof(fc.array(point, { minLength: 1, maxLength: 40 }), fc.array(plain, { minLength: 1, maxLength: 40 }))
    .map((points) => String.fromCodePoint(...points));
  fc.assert(
    fc.property(text, text, text, (agent, queue, reason) => {
      const parsed = commandSchema.safeParse({ id: ID, do: 'pause', agent, queue, reason });
      if (!parsed.success) return;
      const book = bookOf();
      book.picture([memberRow(queue, {}, agent)]);
      const plan = planOrder(order(parsed.data), { book, channels: null, channelId: CHANNEL_ID });
      if (plan === 'channels' || 'cause' in plan) return;
      for (const action of plan.actions) {
        expect(lines(action)).toHaveLength(Object.keys(action.fields ?? {}).length + 2);
        expect(lines(action).filter((line) => /^Action:/.test(line))).toHaveLength(1);
      }
    }),
  );
});

test('[CMD21] names of the PBX itself cannot inject either', () => {
  const hostile = memberRow('q1', { Name: 'Eve\u2028Action: Originate\tx' });
  const join: Command = { id: ID, do: 'join-queue', agent: AGENT, queue: 'q3', penalty: 0, reason: '' };
  const [added] = planned(join, { book: bookOf(hostile) }).actions;
  expect(added?.fields?.MemberName).toBe('Eve Action: Originate x');
  const by = planned(join, { book: bookOf() }, { agentName: 'Eve\r\nAction: Originate' });
  expect(lines(by.actions[0]).filter((line) => /^Action:/.test(line))).toHaveLength(1);
});

test('[CMD21] a reason is what the PBX will repeat: one line, 79 bytes, whole characters, no separator of its log', () => {
  expect(pauseReason(' 小休 | 午餐\t后 ')).toBe('小休 / 午餐 后');
  expect(pauseReason('午'.repeat(40))).toBe('午'.repeat(26));
  expect(Buffer.byteLength(pauseReason('a🍜'.repeat(30)))).toBeLessThanOrEqual(79);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      const reason = pauseReason(text);
      expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(79);
      expect(pauseReason(reason)).toBe(reason);
    }),
  );
});

const bodyOf = (text: string, over: Partial<Order> = {}, agent = AGENT): string => {
  const message: Command = { id: ID, do: 'message', agent, text };
  const [action] = planned(message, { book: bookOf(memberRow('q1', {}, agent)) }, over).actions;
  const [line = ''] = lines(action).filter((one) => one.startsWith('Base64Body: '));
  expect(line.length).toBeLessThan(1_024);
  return Buffer.from(line.slice('Base64Body: '.length), 'base64').toString();
};

test('[CMD90] a message goes to the endpoint of the agent, as text that cannot be anything else', () => {
  const message: Command = { id: ID, do: 'message', agent: AGENT, text: '开会' };
  const plan = planned(message);
  expect(plan.actions).toEqual([
    { name: 'MessageSend', fields: { To: 'pjsip:8001', Base64Body: Buffer.from('Wang: 开会').toString('base64') } },
  ]);
  expect([plan.effects, plan.before, plan.after]).toEqual([[], [], []]);
  expect(bodyOf('字'.repeat(160), { by: { kind: 'person', id: 'p1', name: '名'.repeat(64) } })).toBe(
    `${'名'.repeat(40)}: ${'字'.repeat(160)}`,
  );
  expect(bodyOf('x', { by: { kind: 'person', id: 'p1', name: 'Eve\r\nAction: Originate' } })).toBe(
    'Eve Action: Originate: x',
  );
  expect(bodyOf('x', { by: { kind: 'anybody', id: '', name: '' } })).toBe('x');
});

test('[CMD92] whoever is called through the dialplan is reached at the phone that the PBX watches, or not at all', () => {
  const planFor = (agent: string, stateInterface: string) =>
    planOrder(order({ id: ID, do: 'message', agent, text: 'x' }), {
      ...{ channels: null, channelId: CHANNEL_ID },
      book: bookOf(memberRow('q1', { StateInterface: stateInterface }, agent)),
    });
  const toOf = (agent: string, stateInterface: string): unknown => {
    const plan = planFor(agent, stateInterface);
    return typeof plan === 'object' && 'actions' in plan ? plan.actions[0]?.fields?.To : plan;
  };
  expect(toOf('SIP/8001', '')).toBe('sip:8001');
  expect(toOf('Local/8001@from-queue/n', 'PJSIP/8001')).toBe('pjsip:8001');
  for (const [agent, watched] of [
    ['Local/8001@from-queue/n', 'Local/8001@from-queue/n'],
    ['Local/8001@from-queue/n', 'hint:8001@ext-local'],
    ['DAHDI/1', ''],
    ['PJSIP/trunk/sip:13912345678@evil.example', ''],
    ['PJSIP/8001@evil.example', ''],
    ['PJSIP/8001&PJSIP/8002', 'Custom:A8001'],
    ['PJSIP/', ''],
  ] as const)
    expect([agent, toOf(agent, watched)]).toEqual([agent, { cause: 'phone.notSip' }]);
});

test('[CMD90] no text that the API lets in makes a line of its own or gets lost', () => {
  const point = fc.oneof(fc.integer({ max: 0x2fff, min: 0 }), fc.integer({ min: 0x1f300, max: 0x1f6ff }));
  const text = fc.array(point, { minLength: 1, maxLength: 80 }).map((points) => String.fromCodePoint(...points));
  fc.assert(
    fc.property(text, (raw) => {
      const parsed = commandSchema.safeParse({ id: ID, do: 'message', agent: AGENT, text: raw });
      if (!parsed.success || parsed.data.do !== 'message') return;
      expect(bodyOf(parsed.data.text)).toBe(`Wang: ${parsed.data.text}`);
    }),
  );
});

test('[CMD22] an effect is what the PBX says of that agent and queue, and nothing less', () => {
  const { effects } = planned({ id: ID, do: 'pause', agent: AGENT, queue: 'q1', reason: '小休' });
  const [effect] = effects;
  if (!effect) throw new Error('no effect');
  const paused = { Paused: '1', PausedReason: '小休' };
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q1', paused))).toBe(true);
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q2', paused))).toBe(false);
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q1', { ...paused, Interface: 'PJSIP/80010' }))).toBe(false);
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q1', { ...paused, PausedReason: '会议' }))).toBe(false);
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q1', { Paused: '0' }))).toBe(false);
  expect(isShown(effect, memberEvent('QueueMemberRemoved', 'q1', paused))).toBe(false);
  expect(isShownInPicture(effect, [memberRow('q1', paused)])).toBe(true);
  expect(isShownInPicture(effect, [memberRow('q1')])).toBe(false);
  // Somebody else changed the penalty meanwhile: it was not asked about.
  expect(isShown(effect, memberEvent('QueueMemberPause', 'q1', { ...paused, Penalty: '7' }))).toBe(true);
  const [left] = planned({ id: ID, do: 'leave-queue', agent: AGENT, queue: 'q1', reason: 'x' }).effects;
  if (!left) throw new Error('no effect');
  expect(isShown(left, memberEvent('QueueMemberRemoved', 'q1'))).toBe(true);
  expect(isShown(left, memberEvent('QueueMemberPause', 'q1'))).toBe(false);
  expect(isShownInPicture(left, [memberRow('q2')])).toBe(true);
});

const talking = [
  channel('PJSIP/trunk-00000001', { Application: 'Queue', BridgeId: 'b1', Uniqueid: '1.1' }),
  channel('PJSIP/8001-00000002', { Application: 'AppQueue', BridgeId: 'b1', Uniqueid: '1.2' }),
  channel('PJSIP/80010-00000003', { Application: 'AppQueue', BridgeId: 'b2', Uniqueid: '1.3' }),
  channel('PJSIP/trunk-00000004', { Application: 'Queue', BridgeId: 'b2', Uniqueid: '1.4' }),
  channel('PJSIP/8002-00000005', { ChannelState: '5', Uniqueid: '1.5' }),
];
const hangUp = (agent: string | null, call: string | null): Command => ({
  id: ID,
  do: 'hang-up',
  agent,
  call,
  reason: 'abuse',
});

test('[CMD23] a hang-up ends the call that was meant and no other', () => {
  expect(refusal(hangUp(AGENT, null))).toBe('channels');
  expect(planned(hangUp(AGENT, null), { channels: talking }).actions[0]?.fields).toMatchObject({ Channel: '1.1' });
  expect(planned(hangUp(AGENT, '1.1'), { channels: talking }).effects).toEqual([{ kind: 'ended', channel: '1.1' }]);
  // Between the look of the supervisor and this one the agent took another call.
  expect(refusal(hangUp(AGENT, '0.9'), { channels: talking })).toEqual({ cause: 'call.unknown' });
  expect(refusal(hangUp(AGENT, '1.4'), { channels: talking })).toEqual({ cause: 'call.unknown' });
  expect(planned(hangUp(null, '1.4'), { channels: talking }).actions[0]?.fields).toMatchObject({ Channel: '1.4' });
  expect(refusal(hangUp('PJSIP/8002', null), { channels: talking })).toEqual({ cause: 'agent.notTalking' });
  const internal = [channel('PJSIP/8001-00000009', { Application: 'Dial', Uniqueid: '2.1' })];
  expect(planned(hangUp(AGENT, null), { channels: internal }).actions[0]?.fields).toMatchObject({ Channel: '2.1' });
});

test('[CMD24] listening names one channel whole, and rings the supervisor’s own phone', () => {
  const monitor = (mode: 'listen' | 'whisper' | 'barge', phone = '9101'): Command => ({
    id: ID,
    do: 'monitor',
    agent: AGENT,
    mode,
    phone,
    reason: 'coaching',
  });
  const plan = planned(monitor('listen'), { channels: talking });
  expect(plan.actions[0]?.fields).toMatchObject({
    Channel: 'PJSIP/9101',
    ChannelId: CHANNEL_ID,
    Application: 'ChanSpy',
    Data: 'PJSIP/8001-00000002,qE',
    Async: 'true',
  });
  expect(plan.effects).toEqual([{ kind: 'spying', spyer: CHANNEL_ID }]);
  const dataOf = (mode: 'whisper' | 'barge') => planned(monitor(mode), { channels: talking }).actions[0]?.fields?.Data;
  expect(dataOf('whisper')).toBe('PJSIP/8001-00000002,qEw');
  expect(dataOf('barge')).toBe('PJSIP/8001-00000002,qEB');
  expect(planned(monitor('listen', 'SIP/9101'), { channels: talking }).actions[0]?.fields?.Channel).toBe('SIP/9101');
  expect(refusal(monitor('listen'), { channels: [] })).toEqual({ cause: 'agent.notTalking' });
  const hostile = [channel('PJSIP/8001-x,o(1)', { Uniqueid: '1.2' })];
  const agent = 'PJSIP/8001-x,o(1)';
  expect(refusal({ ...monitor('listen'), agent } as Command, { channels: hostile })).toMatchObject({
    cause: 'refused',
  });
});

test('[CMD25] an undo brings back the rows that were, and leaves alone what somebody has changed since', () => {
  const undo: Command = { id: ID, do: 'unpause', agent: AGENT, queue: null, reason: 'undo' };
  const was = [
    { queue: 'q1', isMember: true, paused: false, reason: '', penalty: 2 },
    { queue: 'q2', isMember: true, paused: true, reason: 'Auto-Pause', penalty: 2 },
  ];
  const made = was.map((row) => ({ ...row, paused: true, reason: '小休' }));
  const pausedBoth = { Paused: '1', PausedReason: '小休' };
  const book = bookOf(memberRow('q1', pausedBoth), memberRow('q2', pausedBoth));
  const plan = planned(undo, { book }, { restores: { rows: was, expected: made } });
  expect(plan.actions).toEqual([
    { name: 'QueuePause', fields: { Interface: AGENT, Queue: 'q1', Paused: '0' } },
    { name: 'QueuePause', fields: { Interface: AGENT, Queue: 'q2', Paused: '1', Reason: 'Auto-Pause' } },
  ]);
  book.event(memberEvent('QueueMemberPause', 'q1', { Paused: '0' }));
  expect(refusal(undo, { book }, { restores: { rows: was, expected: made } })).toEqual({ cause: 'changedSince' });
  const left = [{ queue: 'q1', isMember: true, paused: true, reason: '午餐', penalty: 3 }];
  const gone = [{ queue: 'q1', isMember: false, paused: true, reason: '午餐', penalty: 3 }];
  const out = bookOf(memberRow('q2'));
  expect(
    planned(
      { id: ID, do: 'join-queue', agent: AGENT, queue: 'q1', penalty: 3, reason: 'undo' },
      { book: out },
      { restores: { rows: left, expected: gone } },
    ).actions.map(({ name, fields }) => [name, fields?.Paused, fields?.Reason]),
  ).toEqual([
    ['QueueAdd', '1', undefined],
    ['QueuePause', '1', '午餐'],
  ]);
});

test('[CMD26] Asterisk’s words become causes; words that nobody knows are a refusal', () => {
  const words: Record<string, string> = {
    'Permission denied': 'right.missing',
    'Originate Access Forbidden: app or data blacklisted': 'right.missing',
    'Unable to add interface: Already there': 'agent.there',
    'Unable to add interface to queue: No such queue': 'queue.unknown',
    'Unable to remove interface: Not there': 'agent.notThere',
    'Member not dynamic': 'agent.fixed',
    'Interface not found': 'agent.notThere',
    'Invalid interface, queuename or penalty': 'agent.notThere',
    'No such channel': 'call.ended',
    'Message technology not found.': 'phone.noMessages',
    'Message failed to send.': 'phone.unreachable',
    'Out of memory': 'refused',
  };
  for (const [text, cause] of Object.entries(words)) expect([text, causeOfMessage(text)]).toEqual([text, cause]);
  expect(['0', '1', '3', '5', '8', undefined].map(causeOfOriginate)).toEqual([
    'phone.unreachable',
    'phone.noAnswer',
    'phone.noAnswer',
    'phone.busy',
    'phone.unreachable',
    'phone.unreachable',
  ]);
});
