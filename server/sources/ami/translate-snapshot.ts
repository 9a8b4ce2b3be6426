/** A complete QueueStatus and CoreShowChannels answer as one `source.synced`. */
import type { EventOf, Membership } from '../../../shared/event.ts';
import type { AmiMessage } from './framing.ts';
import {
  callerOfEntry,
  deviceOf,
  idOf,
  interfaceOfChannel,
  numberOf,
  printable,
  queueOfApplication,
  secondsAsMs,
  withoutLocalOptions,
} from './translate-fields.ts';
import type { AmiSnapshot } from './translator.ts';

/** `at` is the source's time of the snapshot; `Wait` counts back from it, to the second. */
export function translateSnapshot(snapshot: AmiSnapshot, at: number): EventOf<'source.synced'> {
  const queues: EventOf<'source.synced'>['queues'] = [];
  const memberships: Membership[] = [];
  const waiting: EventOf<'source.synced'>['waiting'] = [];
  for (const row of snapshot.queueRows) {
    const queue = idOf(row, 'Queue');
    if (!queue) continue;
    if (row.name === 'QueueParams') {
      queues.push({ queue, name: printable(queue), thresholdMs: thresholdOf(row) });
    } else if (row.name === 'QueueMember') {
      const agent = idOf(row, 'Location');
      if (agent) memberships.push(membershipOf(row, agent, row.get('Name'), queue));
    } else if (row.name === 'QueueEntry') {
      const call = idOf(row, 'Uniqueid');
      // The last `Wait` is Asterisk's own: a caller's name with a line break can inject one before it.
      // A name with an empty line cuts the row off before it, and before the ActionID that ends every whole row.
      const isWhole = row.get('ActionID') !== undefined;
      const waitMs = (isWhole ? secondsAsMs(row.getLast('Wait')) : null) ?? 0;
      if (call) waiting.push({ call, queue, offeredAt: Math.max(0, at - waitMs), caller: callerOfEntry(row) });
    }
  }
  const talking = snapshot.channelRows && talksOf(snapshot.channelRows, memberships);
  return {
    type: 'source.synced',
    at,
    reason: snapshot.reason,
    ...(snapshot.isClockSetBack && { isClockSetBack: true }),
    bootedAt: snapshot.bootedAt,
    queues,
    memberships,
    waiting,
    talking,
  };
}

export function membershipOf(row: AmiMessage, agent: string, name: string | undefined, queue: string): Membership {
  return {
    agent,
    queue,
    name: printable(name),
    device: deviceOf(row.get('Status')),
    paused: row.get('Paused') === '1',
    pauseReason: printable(row.get('PausedReason') ?? row.get('Reason')),
    penalty: Math.trunc(numberOf(row.get('Penalty')) ?? 0),
  };
}

/** A service level of 0 means that the queue names none. */
function thresholdOf(row: AmiMessage): number | null {
  const thresholdMs = secondsAsMs(row.get('ServiceLevel'));
  return thresholdMs === null || thresholdMs === 0 ? null : thresholdMs;
}

/**
 * Who talks to whom: a caller's channel runs `Queue` and shares its bridge with a member's leg, which runs `AppQueue`.
 * A leg that was optimised away leaves the agent unknown.
 */
function talksOf(
  rows: readonly AmiMessage[],
  memberships: readonly Membership[],
): NonNullable<EventOf<'source.synced'>['talking']> {
  const agents = new Map(memberships.map(({ agent }) => [withoutLocalOptions(agent), agent]));
  const memberLegs = new Map<string, AmiMessage>();
  for (const row of rows) {
    const bridge = row.get('BridgeId');
    if (bridge && row.get('Application') === 'AppQueue') memberLegs.set(bridge, row);
  }
  const talks: NonNullable<EventOf<'source.synced'>['talking']> = [];
  for (const row of rows) {
    const bridge = row.get('BridgeId');
    const call = idOf(row, 'Uniqueid');
    if (!bridge || !call || row.get('Application') !== 'Queue') continue;
    const leg = memberLegs.get(bridge);
    const agent = leg && agents.get(withoutLocalOptions(interfaceOfChannel(leg.get('Channel') ?? '')));
    talks.push({ call, queue: queueOfApplication(row.get('ApplicationData')) || null, agent: agent ?? null });
  }
  return talks;
}
