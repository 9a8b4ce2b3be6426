/** The floors that the figures are told of. */
import type { TrafficPlan } from './traffic.ts';

const TALK_MS = 3_000;

/** The floor that the latency goals were set by: every tick touches most of its queues and hundreds of its agents. */
export const largeFloor = (): TrafficPlan => ({
  queues: 200,
  agents: 2_000,
  handleMs: TALK_MS,
  markQueues: 60,
  startAtMs: Date.now(),
});

/** What a supervisor of a large centre looks at, at the pace of people: a call takes its time. */
export const manyAgents = (): TrafficPlan => ({ ...largeFloor(), handleMs: 20_000, markQueues: 0 });

/** What one wall shows. */
export const wallFloor = (): TrafficPlan => ({
  queues: 20,
  agents: 500,
  handleMs: TALK_MS,
  markQueues: 0,
  startAtMs: Date.now(),
});

/** Of the screens of a site every tenth is a supervisor's floor with its agents, the others are walls. */
export const FLOOR_EVERY = 10;
