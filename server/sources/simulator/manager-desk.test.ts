import { expect, test } from 'vitest';
import type { AmiAction } from './action-framing.ts';
import { answerAction } from './actions.ts';
import { type Centre, createCentre } from './centre.ts';
import type { AmiEvent } from './model.ts';
import type { Pbx } from './pbx.ts';
import { headerOf } from './recording.ts';
import { toByteString } from './wire.ts';

const START = Date.UTC(2026, 10, 22, 1, 30);
const STATIC = 'PJSIP/8001';
const DYNAMIC = 'PJSIP/8005';
const ALL = { write: null, pretends: false };

const actionOf = (name: string, headers: Record<string, string> = {}): AmiAction => {
  const values = Object.entries(headers).map(([key, value]) => [key.toLowerCase(), toByteString(value)] as const);
  const found = new Map(values);
  return { name, actionId: 'id-1', get: (header) => found.get(header.toLowerCase()) };
};

function open(forMs = 0): {
  centre: Centre;
  ask: (name: string, headers?: Record<string, string>) => string;
  later: (ms: number) => AmiEvent[];
} {
  const centre = createCentre({ seed: 2, startAtMs: START });
  centre.advance(START + forMs);
  const ask = (name: string, headers: Record<string, string> = {}): string => {
    const answer = centre.act(actionOf(name, headers)) ?? '';
    expect(answer).toContain('ActionID: id-1\r\n');
    return /Message: (.*)\r/.exec(answer)?.[1] ?? '';
  };
  return { centre, ask, later: (ms) => centre.advance(centre.nowMs() + ms) };
}

const rowOf = (centre: Centre, queue: string, location: string) =>
  centre
    .snapshot()
    .queues.find((one) => one.queue === queue)
    ?.members.find((member) => member.location === location);
const queuesOf = (centre: Centre, location: string) =>
  centre
    .snapshot()
    .queues.flatMap(({ queue, members }) => (members.some((m) => m.location === location) ? [queue] : []));
const named = (events: readonly AmiEvent[], name: string) => events.filter((event) => event.name === name);

test('[SIM80] a pause is one event a queue, keeps 79 bytes of its reason, and lets calls go to others', () => {
  const { centre, ask, later } = open();
  const queues = queuesOf(centre, STATIC);
  expect(ask('QueuePause', { Interface: STATIC, Paused: '1', Reason: '午餐'.repeat(20) })).toBe(
    'Interface paused successfully',
  );
  const paused = named(later(0), 'QueueMemberPause');
  expect(paused.map(({ text }) => headerOf(text, 'Queue'))).toEqual(queues);
  expect(Buffer.byteLength(rowOf(centre, queues[0] ?? '', STATIC)?.pausedReason ?? '')).toBeLessThanOrEqual(81);
  expect(named(later(10 * 60_000), 'AgentCalled').some(({ text }) => headerOf(text, 'Interface') === STATIC)).toBe(
    false,
  );
  expect(ask('QueuePause', { Interface: STATIC, Paused: 'false', Queue: queues[0] ?? '' })).toBe(
    'Interface unpaused successfully',
  );
  expect(rowOf(centre, queues[0] ?? '', STATIC)).toMatchObject({ paused: 0, pausedReason: '' });
  expect(ask('QueuePause', { Interface: 'PJSIP/1', Paused: '1' })).toBe('Interface not found');
  expect(ask('QueuePause', { Interface: STATIC })).toBe("Need 'Interface' and 'Paused' parameters.");
});

test('[SIM81] rows come and go as Asterisk has them, in its words', () => {
  const { centre, ask, later } = open();
  const queue = 'international';
  expect(ask('QueueAdd', { Queue: queue, Interface: STATIC, Penalty: '3', Paused: '1' })).toBe(
    'Added interface to queue',
  );
  expect(rowOf(centre, queue, STATIC)).toMatchObject({ penalty: 3, paused: 1, membership: 'dynamic', name: '王小明' });
  expect(ask('QueueAdd', { Queue: queue, Interface: STATIC })).toBe('Unable to add interface: Already there');
  expect(ask('QueueAdd', { Queue: 'none', Interface: STATIC })).toBe('Unable to add interface to queue: No such queue');
  expect(ask('QueuePenalty', { Queue: queue, Interface: STATIC, Penalty: '9' })).toBe(
    'Interface penalty set successfully',
  );
  expect(rowOf(centre, queue, STATIC)?.penalty).toBe(9);
  expect(ask('QueueRemove', { Queue: queue, Interface: STATIC })).toBe('Removed interface from queue');
  expect(rowOf(centre, queue, STATIC)).toBeUndefined();
  expect(ask('QueueRemove', { Queue: queue, Interface: STATIC })).toBe('Unable to remove interface: Not there');
  const [configured = ''] = queuesOf(centre, STATIC);
  expect(ask('QueueRemove', { Queue: configured, Interface: STATIC })).toBe('Member not dynamic');
  expect(later(0).map(({ name }) => name)).toEqual(['QueueMemberAdded', 'QueueMemberPenalty', 'QueueMemberRemoved']);
  expect(ask('QueueAdd', { Queue: queue, Interface: 'Local/7@x', MemberName: '新人' })).toBe(
    'Added interface to queue',
  );
  expect(rowOf(centre, queue, 'Local/7@x')?.name).toBe('新人');
});

test('[SIM82] who was taken out of a queue and signs in again is there once, whatever happened meanwhile', () => {
  const { centre, ask, later } = open();
  for (const queue of queuesOf(centre, DYNAMIC)) ask('QueueRemove', { Queue: queue, Interface: DYNAMIC });
  ask('QueueAdd', { Queue: '订单查询', Interface: DYNAMIC });
  later(5 * 60 * 60_000);
  for (const { members } of centre.snapshot().queues) {
    const rows = members.filter(({ location }) => location === DYNAMIC);
    expect(rows.length).toBeLessThanOrEqual(1);
  }
});

test('[SIM83] hours of hang-ups at random leave no call that never ends and no phone that stays busy', {
  timeout: 60_000,
}, () => {
  const { centre, ask, later } = open(20 * 60_000);
  const stories = new Map<string, number>();
  for (let minute = 0; minute < 90; minute++) {
    const { channels } = centre.snapshot();
    const victim = channels[minute % Math.max(1, channels.length)];
    if (victim)
      expect(ask('Hangup', { Channel: minute % 2 ? victim.channel : victim.uniqueid })).toBe('Channel Hungup');
    for (const { name, text } of later(60_000)) {
      const id = headerOf(text, 'Uniqueid') ?? '';
      if (name === 'Hangup') stories.set(id, (stories.get(id) ?? 0) + 1);
      // Nothing is heard of a channel after its end.
      else if (/^(Newstate|BridgeEnter|HangupRequest|SoftHangupRequest|QueueCallerJoin)$/.test(name)) {
        expect([name, stories.has(id)]).toEqual([name, false]);
      }
    }
  }
  expect([...stories.values()].every((ends) => ends === 1)).toBe(true);
  const { queues, channels } = centre.snapshot();
  const legs = new Set(channels.map(({ channel }) => channel.replace(/-[0-9a-f]{8}$/, '')));
  for (const { location, status } of queues.flatMap(({ members }) => members)) {
    if (status !== 1) expect([location, status, legs.has(location)]).toEqual([location, status, true]);
  }
  expect(ask('Hangup', { Channel: 'PJSIP/0-00000000' })).toBe('No such channel');
});

test('[SIM84] a supervisor’s phone rings, listens, and hangs up with the call', () => {
  const { centre, ask, later } = open(20 * 60_000);
  const spied = centre.snapshot().channels.find((one) => one.application === 'AppQueue' && one.bridgeId !== '');
  if (!spied) throw new Error('nobody talks');
  const originate = { Application: 'ChanSpy', Data: `${spied.channel},qE`, ChannelId: 'ours-1', Timeout: '20000' };
  expect(ask('Originate', { ...originate, Channel: 'PJSIP/9101' })).toBe('Originate successfully queued');
  const events = later(1_000).filter(({ text }) => /: (ours-1|id-1)\r/.test(text));
  expect(events.map(({ name }) => name)).toEqual([
    'Newchannel',
    'Newstate',
    'Newstate',
    'OriginateResponse',
    'ChanSpyStart',
  ]);
  expect(headerOf(events[4]?.text ?? '', 'SpyeeUniqueid')).toBe(spied.uniqueid);
  ask('Hangup', { Channel: spied.uniqueid });
  const ended = later(1_000);
  expect(named(ended, 'ChanSpyStop')).toHaveLength(1);
  expect(named(ended, 'Hangup').some(({ text }) => headerOf(text, 'Uniqueid') === 'ours-1')).toBe(true);
  ask('Originate', { ...originate, Channel: 'PJSIP/9107', ChannelId: 'ours-2' });
  const [busy] = named(later(1_000), 'OriginateResponse');
  expect([headerOf(busy?.text ?? '', 'Response'), headerOf(busy?.text ?? '', 'Reason')]).toEqual(['Failure', '5']);
});

test('[SIM85] what the user may not is denied, and left out of the list of what he may', () => {
  const { centre } = open();
  const pbx: Pbx = {
    encoding: 'utf8',
    isBooted: () => true,
    bootedAtMs: () => START,
    nowMs: centre.nowMs,
    snapshot: centre.snapshot,
    act: centre.act,
  };
  const viewer = { write: new Set(['reporting']), pretends: false };
  const pause = actionOf('QueuePause', { Interface: STATIC, Paused: '1', Reason: 'x' });
  expect(answerAction(pbx, pause, viewer)).toContain('Response: Error\r\nActionID: id-1\r\nMessage: Permission denied');
  expect(centre.advance(START)).toEqual([]);
  const listed = answerAction(pbx, actionOf('ListCommands'), viewer);
  expect([/QueuePause/.test(listed), /QueueStatus/.test(listed), /Originate/.test(listed)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(answerAction(pbx, actionOf('ListCommands'), ALL)).toMatch(/QueuePause: .*\(Priv: agent,all\)/);
  // A fault: it says yes and does nothing.
  expect(answerAction(pbx, pause, { write: null, pretends: true })).toContain('Response: Success');
  expect(rowOf(centre, queuesOf(centre, STATIC)[0] ?? '', STATIC)?.paused).toBe(0);
});
