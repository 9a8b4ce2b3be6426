import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Centre, createCentre } from './centre.ts';
import { AGENTS, QUEUES } from './floor-plan.ts';
import { createMirror } from './mirror.ts';
import type { AmiEvent } from './model.ts';
import type { PbxSnapshot } from './pbx.ts';
import { blockText, headerOf, loadRecording } from './recording.ts';
import { fromByteString, toByteString } from './wire.ts';

const START = Date.UTC(2026, 10, 22, 1, 30);
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Generous: the machine may have other work. */
const LONG_RUN_MS = 30_000;
const CAPTURE = new URL('../../testing/capture/', import.meta.url).pathname;

const digest = (events: readonly AmiEvent[]): string => {
  const hash = createHash('sha256');
  for (const event of events) hash.update(`${event.atMs} ${event.text}`);
  return hash.digest('hex');
};
const run = (seed: number | string, hours: number): AmiEvent[] =>
  createCentre({ seed, startAtMs: START }).advance(START + hours * HOUR_MS);
const header = (event: AmiEvent, key: string): string => headerOf(event.text, key) ?? '';

test(
  '[SIM30] the same seed and start give the same bytes, in one stride or in many; another seed gives others',
  () => {
    const once = run('a', 1);
    const centre = createCentre({ seed: 'a', startAtMs: START });
    const stepped: AmiEvent[] = [];
    for (let at = START; at < START + HOUR_MS; at += 7_013)
      stepped.push(...centre.advance(Math.min(at, START + HOUR_MS)));
    stepped.push(...centre.advance(START + HOUR_MS));
    expect(digest(stepped)).toBe(digest(once));
    expect(digest(run('b', 1))).not.toBe(digest(once));
  },
  LONG_RUN_MS,
);

test(
  '[SIM31] four hours are made in less than two seconds of processor time',
  () => {
    const before = process.threadCpuUsage();
    const events = run(3, 4);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2000);
    expect(events.length).toBeGreaterThan(60_000);
  },
  LONG_RUN_MS,
);

test(
  '[SIM32] every caller who joins a queue leaves it once, in one of four ways, or still waits',
  () => {
    const centre = createCentre({ seed: 5, startAtMs: START });
    const letters: Record<string, string> = {
      QueueCallerJoin: 'J',
      QueueCallerAbandon: 'A',
      QueueCallerLeave: 'L',
      AgentConnect: 'C',
      HangupRequest: 'H',
    };
    const stories = new Map<string, string>();
    for (const event of centre.advance(START + 4 * HOUR_MS)) {
      const letter = letters[event.name];
      const caller = header(event, 'Uniqueid');
      const story = stories.get(caller) ?? '';
      // A request to hang up counts while the caller waits; at the end of a talk it is another matter.
      if (letter !== undefined && (letter !== 'H' || story.endsWith('J'))) stories.set(caller, story + letter);
    }
    const all = [...stories.values()].join(' ');
    const count = (end: RegExp): number => all.match(end)?.length ?? 0;
    expect([...stories.values()].filter((story) => !/^(J(HAL|AL|LC|L))*J?$/.test(story))).toEqual([]);
    const waiting = centre.snapshot().queues.flatMap((q) => q.entries).length;
    const ends = [count(/JLC/g), count(/JHAL/g), count(/JAL/g), count(/JL(?!C)/g)];
    expect(count(/J/g)).toBe(ends.reduce((sum, n) => sum + n, waiting));
    // Answered, abandoned, timed out, left by key; and some callers came a second time, by a transfer.
    expect(ends.map((n) => n > 3)).toEqual([true, true, true, true]);
    expect(count(/[LC]J/g)).toBeGreaterThan(3);
  },
  LONG_RUN_MS,
);

test(
  '[SIM33] volume, occupancy, breaks and service level are those of a busy, fairly good centre',
  () => {
    for (const seed of ['floorcast', 11]) {
      const centre = createCentre({ seed, startAtMs: START });
      const counts = { joins: 0, answered: 0, inLevel: 0, busy: 0, working: 0, away: 0, samples: 0 };
      for (let at = START; at < START + 4 * HOUR_MS; at += MINUTE_MS / 2) {
        for (const event of centre.advance(at)) {
          if (event.name === 'QueueCallerJoin') counts.joins++;
          if (event.name !== 'AgentConnect') continue;
          counts.answered++;
          const threshold = QUEUES.find((q) => q.name === header(event, 'Queue'))?.serviceLevelS ?? 0;
          if (Number(header(event, 'HoldTime')) <= threshold) counts.inLevel++;
        }
        for (const agent of agentsOf(centre.snapshot())) {
          counts.samples++;
          if (agent.isAway) counts.away++;
          if (agent.isBusy) counts.busy++;
          if (agent.isBusy || !agent.isAway) counts.working++;
        }
      }
      expect(counts.joins / (4 * 3600)).toBeGreaterThan(0.2);
      expect(counts.joins / (4 * 3600)).toBeLessThan(0.4);
      expect(counts.busy / counts.working).toBeGreaterThan(0.7);
      expect(counts.busy / counts.working).toBeLessThan(0.9);
      expect(counts.away / counts.samples).toBeGreaterThan(0.09);
      expect(counts.away / counts.samples).toBeLessThan(0.18);
      expect(counts.inLevel / counts.joins).toBeGreaterThan(0.65);
      expect(counts.inLevel / counts.joins).toBeLessThan(0.95);
    }
  },
  LONG_RUN_MS,
);

function agentsOf(snapshot: PbxSnapshot): { isAway: boolean; isBusy: boolean }[] {
  const agents = new Map<string, { isAway: boolean; isBusy: boolean }>();
  for (const member of snapshot.queues.flatMap((q) => q.members)) {
    const agent = agents.get(member.location) ?? { isAway: false, isBusy: member.status !== 1 };
    agent.isAway ||= member.paused === 1;
    agents.set(member.location, agent);
  }
  return [...agents.values()];
}

test(
  '[SIM34] the events alone rebuild every snapshot: members, who waits, channels',
  () => {
    const centre = createCentre({ seed: 21, startAtMs: START });
    const mirror = createMirror();
    const blank = centre.snapshot();
    mirror.foldAnswer(statusTexts(blank), START);
    for (let at = START; at < START + 2 * HOUR_MS; at += 11 * MINUTE_MS) {
      for (const event of centre.advance(at)) mirror.fold(toByteString(event.text.slice(0, -4)), event.atMs);
      const told: PbxSnapshot = JSON.parse(fromByteString(JSON.stringify(mirror.snapshot(at))));
      const is = centre.snapshot();
      expect(rows(told)).toEqual(rows(is));
      expect(told.channels.map((c) => c.uniqueid).sort()).toEqual(is.channels.map((c) => c.uniqueid).sort());
      const ofQueues = (s: PbxSnapshot) => s.channels.filter((c) => c.application.endsWith('Queue'));
      expect(new Map(ofQueues(told).map((c) => [c.uniqueid, `${c.application} ${c.bridgeId}`]))).toEqual(
        new Map(ofQueues(is).map((c) => [c.uniqueid, `${c.application} ${c.bridgeId}`])),
      );
    }
  },
  LONG_RUN_MS,
);

/** QueueStatus as blocks, members and parameters only: enough to begin a mirror with. */
function statusTexts(snapshot: PbxSnapshot): string[] {
  const items = snapshot.queues.flatMap((q) => [
    `Event: QueueParams\r\nQueue: ${q.queue}`,
    ...q.members.map(
      (m) =>
        `Event: QueueMember\r\nQueue: ${q.queue}\r\nName: ${m.name}\r\nLocation: ${m.location}\r\nStateInterface: ${m.stateInterface}\r\nMembership: ${m.membership}\r\nPenalty: ${m.penalty}\r\nLoginTime: ${m.loginTime}\r\nStatus: ${m.status}\r\nPaused: 0`,
    ),
  ]);
  return ['Response: Success', ...items, 'Event: QueueStatusComplete'].map(toByteString);
}

const rows = (snapshot: PbxSnapshot): unknown =>
  snapshot.queues.map(({ queue, members, entries }) => ({
    queue,
    entries,
    // For some milliseconds after AgentConnect InCall is ahead of its event, as the real one was.
    members: members
      .map((m) => (m.status === 6 ? { ...m, inCall: 'ahead' } : m))
      .sort((a, b) => (a.location < b.location ? -1 : 1)),
  }));

test(
  '[SIM35] every event has the headers of the real one, in its order',
  async () => {
    const recording = await loadRecording(CAPTURE);
    const shapes = new Map<string, Set<string>>();
    const [connection] = recording.connections;
    for (const block of connection?.blocks ?? []) {
      if (connection === undefined || block.kind !== 'live') continue;
      const text = blockText(connection, block);
      const name = text.slice('Event: '.length, text.indexOf('\r\n'));
      const known = shapes.get(name) ?? new Set();
      shapes.set(name, known.add(keysOf(text)));
    }
    const seen = new Set<string>();
    const strange = new Set<string>();
    for (const event of run('shapes', 3)) {
      seen.add(event.name);
      const keys = keysOf(event.text.slice(0, -4));
      if (!shapes.get(event.name)?.has(keys)) strange.add(`${event.name}: ${keys}`);
    }
    expect([...strange]).toEqual([]);
    for (const name of [
      'BlindTransfer',
      'AttendedTransfer',
      'Hold',
      'Unhold',
      'QueueMemberAdded',
      'QueueMemberRemoved',
    ]) {
      expect(seen).toContain(name);
    }
  },
  LONG_RUN_MS,
);

const keysOf = (text: string): string =>
  text
    .split('\r\n')
    .map((line) => line.slice(0, line.indexOf(':')))
    .join(' ');

test(
  '[SIM36] a caller meets the events in the order of the capture',
  () => {
    const order =
      'QueueCallerJoin AgentCalled DialBegin Newstate DialEnd QueueCallerLeave AgentConnect BridgeEnter'.split(' ');
    const byCall = new Map<string, AmiEvent[]>();
    for (const event of run(8, 1)) {
      const call = header(event, 'Linkedid');
      const events = byCall.get(call) ?? [];
      events.push(event);
      byCall.set(call, events);
    }
    const simple = [...byCall.values()].filter(
      (events) =>
        events.filter((e) => e.name === 'AgentConnect').length === 1 &&
        !events.some((e) => e.name === 'AgentRingNoAnswer'),
    );
    const disordered = simple.filter((events) => {
      const places = order.map((name) => events.findIndex((e, i) => e.name === name && (name !== 'Newstate' || i > 3)));
      return places.some((place, i) => place < (places[i - 1] ?? 0));
    });
    expect(simple.length).toBeGreaterThan(300);
    expect(disordered).toEqual([]);
  },
  LONG_RUN_MS,
);

test(
  '[SIM37] stamps never stand still and stay within milliseconds of their moment',
  () => {
    const events = run(9, 1);
    const stamps = events.map((event) => Number(header(event, 'Timestamp')));
    const aheadMs = events.map((event, i) => (stamps[i] ?? 0) * 1000 - event.atMs);
    expect(stamps.filter((stamp, i) => stamp <= (stamps[i - 1] ?? 0))).toEqual([]);
    expect(aheadMs.filter((ms) => !(ms > -0.001 && ms < 40))).toEqual([]);
  },
  LONG_RUN_MS,
);

test(
  '[SIM38] the two units of ring time, escaped names in events, plain ones in the queue',
  () => {
    const centre: Centre = createCentre({ seed: 4, startAtMs: START });
    const events: AmiEvent[] = [];
    const plain = new Set<string>();
    for (let at = START; at < START + HOUR_MS; at += 5000) {
      events.push(...centre.advance(at));
      for (const entry of centre.snapshot().queues.flatMap((q) => q.entries)) plain.add(entry.callerIdName);
    }
    for (const event of events) {
      if (event.name === 'AgentRingNoAnswer') expect(header(event, 'RingTime')).toBe('12000');
      if (event.name === 'AgentConnect') expect(Number(header(event, 'RingTime'))).toBeLessThan(13);
    }
    const names = new Set(events.filter((e) => e.name === 'QueueCallerJoin').map((e) => header(e, 'CallerIDName')));
    expect(names).toContain("Dana O\\'Hara");
    expect(names).toContain('<unknown>');
    expect(plain).toContain("Dana O'Hara");
    expect(plain).toContain('unknown');
  },
  LONG_RUN_MS,
);

test('[SIM39] six queues, sixty agents in four teams by extension, everybody with a skill that exists', () => {
  expect(QUEUES).toHaveLength(6);
  expect(AGENTS).toHaveLength(60);
  expect(new Set(AGENTS.map((a) => a.exten)).size).toBe(60);
  expect(new Set(AGENTS.map((a) => `${a.team} ${a.exten.slice(0, 2)}`)).size).toBe(4);
  const names = new Set(QUEUES.map((q) => q.name));
  for (const agent of AGENTS) {
    expect(agent.skills.length).toBeGreaterThanOrEqual(1);
    expect(agent.skills.length).toBeLessThanOrEqual(3);
    expect(agent.skills.every((skill) => names.has(skill.queue))).toBe(true);
  }
});
