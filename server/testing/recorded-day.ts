/** A recorded day to play to servers, and the counters they end with. */
import { setTimeout as later } from 'node:timers/promises';
import { API } from '../../shared/api.ts';
import type { QueueAnswer } from '../../shared/api-numbers.ts';
import { loadRecording, type Recording } from '../sources/simulator/recording.ts';
import type { Replay } from '../sources/simulator/replay.ts';
import type { KillableServer } from './killable-server.ts';

/** Names an agent that exists only behind the last recorded event. */
const END = 'Local/end@recording';
/** Longer than counters may lag behind what is live (`CHANNEL_TICK_MS`). */
const STILL_MS = 1_200;

/** 7 minutes, 397 calls, no restart of the PBX itself. */
export async function loadRecordedDay(): Promise<Recording> {
  const whole = await loadRecording(new URL('./capture/', import.meta.url).pathname);
  const connections = whole.connections.slice(0, 1);
  const liveEvents = connections.flatMap(({ blocks }) => blocks).filter(({ kind }) => kind === 'live').length;
  return { ...whole, connections, liveEvents, endedAtMs: connections[0]?.lostAtMs ?? 0 };
}

/** Resolves when so many events were written, or all of them. */
export async function played(replay: Replay, events: number): Promise<void> {
  let isOver = false;
  void replay.done.then(() => {
    isOver = true;
  });
  // The replay says where it is only when asked.
  while (!isOver && replay.position().events < events) await later(1);
}

/** Tells one event more than was recorded, late enough to settle every judgement, and reads the counters behind it. */
export async function countersAtEnd(recording: Recording, replay: Replay, server: KillableServer) {
  if ((await replay.done) !== 'finished') throw new Error('the replay was stopped');
  const stamp = (recording.endedAtMs / 1_000 + 10).toFixed(6);
  const fields = ['Event: QueueMemberAdded', 'Privilege: agent,all', `Timestamp: ${stamp}`, 'Queue: sales'];
  replay.server.broadcast([`${[...fields, 'MemberName: End', `Interface: ${END}`, 'Status: 5'].join('\r\n')}\r\n\r\n`]);
  const agents = await untilKnown(server, END);
  const queues = await untilStill(async () => (await ask(server, 'queues')).queues);
  return {
    queues: Object.fromEntries(queues.map(({ id, today: { ratios: _, ...counters } }) => [id, counters])),
    // What was counted; how long a state lasted that began or ended unheard, nobody can know.
    agents: Object.fromEntries(
      agents.map(({ id, today: { answered, handled, talkMsSum, ringNoAnswer } }) => [
        id,
        { answered, handled, talkMsSum, ringNoAnswer },
      ]),
    ),
  };
}

async function ask<K extends 'queues' | 'agents'>({ url }: KillableServer, what: K) {
  const response = await fetch(`${url}/api/v1/sites/main/${what}`);
  return API[what].response.parse(await response.json()) as ReturnType<(typeof API)[K]['response']['parse']>;
}

/** Each request takes its time, so this is no busy loop. */
async function untilKnown(server: KillableServer, agent: string) {
  for (;;) {
    const { agents } = await ask(server, 'agents');
    if (agents.some(({ id }) => id === agent)) return agents;
  }
}

/** The counters behind everything that is live now: they have their own pace. */
export async function untilStill(readQueues: () => Promise<readonly QueueAnswer[]>) {
  let newest = '';
  let since = performance.now();
  for (;;) {
    const queues = await readQueues();
    const counted = JSON.stringify(queues.map(({ id, today: { ratios: _, ...counters } }) => [id, counters]));
    if (counted !== newest) since = performance.now();
    newest = counted;
    if (performance.now() - since > STILL_MS) return queues;
  }
}
