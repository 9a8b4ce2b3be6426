import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Command,
  type CommandStatus,
  commandSchema,
  isSameRow,
  type MemberRow,
  mayCommand,
  phoneSchema,
  undoOf,
} from './command.ts';
import { RIGHTS_OF, type Scope, type Subject } from './policy.ts';

const ID = 'b3f1f6a0-6c3b-4e57-9d0a-5b1c6d9f0a11';
const UNDO = 'b3f1f6a0-6c3b-4e57-9d0a-5b1c6d9f0a12';
const AGENT = 'PJSIP/8001';
const pause: Command = { id: ID, do: 'pause', agent: AGENT, queue: 'q1', reason: '小休' };

const parse = (body: unknown) => commandSchema.safeParse(body);

test('[CMD1] what could begin a new line on the way to the PBX is refused, in every text', () => {
  const breaks = ['\r\n', '\n', '\r', '\0', '\u2028', '\u2029', '\u0085', '\u001b', '\u007f'];
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...breaks), fc.string(), (before, separator, after) => {
      // At the ends of a reason it is space, and cut off.
      const text = `x${before}${separator}${after}x`;
      expect(parse({ ...pause, agent: text }).success).toBe(false);
      expect(parse({ ...pause, queue: text }).success).toBe(false);
      expect(parse({ ...pause, reason: text }).success).toBe(false);
    }),
  );
  for (const reason of ['Action: Originate', '午餐 🍜', 'a: b', "it's <b>"]) {
    expect(parse({ ...pause, reason }).success).toBe(true);
  }
});

test('[CMD1] a phone is one of the PBX, never a number behind a trunk', () => {
  for (const phone of ['9001', 'PJSIP/9001', 'SIP/lee.wong', 'IAX2/desk-1']) {
    expect(phoneSchema.safeParse(phone).success).toBe(true);
  }
  for (const phone of [
    'PJSIP/00900123@trunk',
    'Local/00900123@from-internal',
    'PJSIP/9001&PJSIP/9002',
    'DAHDI/g1/00900123',
    'PJSIP/9001,30',
    'PJSIP/9001/x',
    '+900123',
    '',
    'PJSIP/',
    '9001\r\nVariable: x=1',
  ]) {
    expect([phone, phoneSchema.safeParse(phone).success]).toEqual([phone, false]);
  }
});

test('[CMD2] a reason is asked for a pause, a removal, a hang-up and for listening', () => {
  const wanted = [
    { do: 'pause', agent: AGENT, queue: null },
    { do: 'leave-queue', agent: AGENT, queue: 'q1' },
    { do: 'hang-up', agent: AGENT, call: null },
    { do: 'monitor', agent: AGENT, mode: 'listen', phone: '9001' },
  ];
  for (const command of wanted) {
    expect(parse({ id: ID, ...command, reason: 'why' }).success).toBe(true);
    expect(parse({ id: ID, ...command, reason: ' ' }).success).toBe(false);
    expect(parse({ id: ID, ...command }).success).toBe(false);
  }
  expect(parse({ id: ID, do: 'unpause', agent: AGENT, queue: null }).data).toMatchObject({ reason: '' });
  expect(parse({ id: ID, do: 'hang-up', agent: null, call: null, reason: 'why' }).success).toBe(false);
  expect(parse({ ...pause, reson: 'typing error' }).success).toBe(false);
});

const subject = (role: keyof typeof RIGHTS_OF, scope: Partial<Scope> = {}): Subject => ({
  kind: 'person',
  id: 'p1',
  name: 'Wang',
  rights: RIGHTS_OF[role],
  scope: { sites: null, queues: null, teams: null, ...scope },
});
const monitor: Command = { id: ID, do: 'monitor', agent: AGENT, mode: 'listen', phone: '9001', reason: 'coaching' };
const hangUp: Command = { id: ID, do: 'hang-up', agent: AGENT, call: null, reason: 'abuse' };

test('[CMD3] what, where and whom: all three must be within the right and the scope', () => {
  const at = { site: 'main', team: 'red', queues: [] };
  expect(mayCommand(subject('viewer'), pause, at)).toBe(false);
  expect(mayCommand(subject('analyst'), pause, at)).toBe(false);
  expect(mayCommand(subject('teamLead'), pause, at)).toBe(true);
  expect(mayCommand(subject('teamLead'), monitor, at)).toBe(false);
  expect(mayCommand(subject('teamLead'), hangUp, at)).toBe(false);
  expect(mayCommand(subject('supervisor'), monitor, at)).toBe(true);
  expect(mayCommand(subject('teamLead', { teams: ['red'] }), pause, at)).toBe(true);
  expect(mayCommand(subject('teamLead', { teams: ['blue'] }), pause, at)).toBe(false);
  expect(mayCommand(subject('teamLead', { teams: ['red'] }), pause, { ...at, team: null })).toBe(false);
  expect(mayCommand(subject('teamLead', { sites: ['north'] }), pause, at)).toBe(false);
});

test('[CMD3] queues that a command touches without naming them count too', () => {
  const lead = subject('supervisor', { queues: ['q1'] });
  const at = { site: 'main', team: 'red' };
  expect(mayCommand(lead, pause, at)).toBe(true);
  expect(mayCommand(lead, { ...pause, queue: 'q2' }, at)).toBe(false);
  expect(mayCommand(lead, { ...pause, queue: null }, { ...at, queues: ['q1'] })).toBe(true);
  expect(mayCommand(lead, { ...pause, queue: null }, { ...at, queues: ['q1', 'q2'] })).toBe(false);
  expect(mayCommand(lead, hangUp, { ...at, queues: ['q2'] })).toBe(false);
  expect(mayCommand(lead, { ...hangUp, agent: null, call: '1.2' }, { site: 'main', team: null })).toBe(false);
  expect(mayCommand(subject('supervisor'), { ...hangUp, agent: null, call: '1.2' }, { site: 'main', team: null })).toBe(
    true,
  );
});

const row = (over: Partial<MemberRow> = {}): MemberRow => ({
  queue: 'q1',
  isMember: true,
  paused: false,
  reason: '',
  penalty: 2,
  ...over,
});
const done = (command: Command, before: MemberRow[], after: MemberRow[]): CommandStatus => ({
  command,
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  at: 1,
  state: 'confirmed',
  cause: null,
  detail: null,
  endedAt: 2,
  before,
  after,
  undoUntil: null,
  undoes: null,
  undoneBy: null,
});

test('[CMD4] each change has its way back; what changed nothing has none', () => {
  const gone = row({ isMember: false });
  expect(undoOf(done(pause, [row()], [row({ paused: true, reason: '小休' })]), UNDO)).toEqual({
    id: UNDO,
    do: 'unpause',
    agent: AGENT,
    queue: 'q1',
    reason: 'undo',
  });
  const unpause: Command = { id: ID, do: 'unpause', agent: AGENT, queue: null, reason: '' };
  expect(undoOf(done(unpause, [row({ paused: true, reason: '午餐' })], [row()]), UNDO)).toMatchObject({
    do: 'pause',
    queue: null,
    reason: '午餐',
  });
  const join: Command = { id: ID, do: 'join-queue', agent: AGENT, queue: 'q1', penalty: 2, reason: '' };
  expect(undoOf(done(join, [gone], [row()]), UNDO)).toMatchObject({ do: 'leave-queue', queue: 'q1' });
  const leave: Command = { id: ID, do: 'leave-queue', agent: AGENT, queue: 'q1', reason: 'x' };
  expect(undoOf(done(leave, [row()], [gone]), UNDO)).toMatchObject({ do: 'join-queue', queue: 'q1', penalty: 2 });
  const penalty: Command = { id: ID, do: 'set-penalty', agent: AGENT, queue: 'q1', penalty: 9, reason: '' };
  expect(undoOf(done(penalty, [row()], [row({ penalty: 9 })]), UNDO)).toMatchObject({ do: 'set-penalty', penalty: 2 });
  expect(undoOf(done(penalty, [row()], [row()]), UNDO)).toBeNull();
  expect(undoOf(done(hangUp, [], []), UNDO)).toBeNull();
  expect(
    undoOf({ ...done(pause, [row()], [row({ paused: true })]), state: 'failed', cause: 'unconfirmed' }, UNDO),
  ).toBeNull();
});

test.each([
  ['nothing', ' '],
  ['161 characters', '字'.repeat(161)],
  ['two lines', 'a\nb'],
  ['a carriage return', 'a\rb'],
  ['a control character', 'a\u0000b'],
  ['a line separator', 'a\u2028b'],
  ['a turned direction', 'a\u202Eb'],
  ['half a character', 'a\uD83Db'],
])('[CMD90] %s is no message', (_, text) => {
  expect(commandSchema.safeParse({ id: UNDO, do: 'message', agent: AGENT, text }).success).toBe(false);
});

test('[CMD4] [CMD90] a message is text, needs no reason and cannot be taken back', () => {
  const text = '<b>请</b> 到 3 楼 👩‍💻';
  const message = commandSchema.parse({ id: UNDO, do: 'message', agent: AGENT, text: `  ${text} ` });
  expect(message).toEqual({ id: UNDO, do: 'message', agent: AGENT, text });
  expect(undoOf(done(message, [], []), UNDO)).toBeNull();
  expect(commandSchema.safeParse({ ...message, reason: 'x' }).success).toBe(false);
});

test('[CMD4] every undo is a command that could be given, whatever the PBX calls things', () => {
  const rows = fc.record({
    queue: fc.constant('q1'),
    isMember: fc.boolean(),
    paused: fc.boolean(),
    reason: fc.constantFrom('', '小休', "O'Hara"),
    penalty: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(rows, rows, (before, after) => {
      const undo = undoOf(done(pause, [before], [after]), UNDO);
      expect(undo === null).toBe(isSameRow(before, after));
      if (undo) expect(commandSchema.safeParse(undo).success).toBe(true);
    }),
  );
});
