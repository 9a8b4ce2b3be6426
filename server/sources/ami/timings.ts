import { CONFIRM_WITHIN_MS } from '../../../shared/command.ts';

/** Every time-out and limit of a source, so that tests run in milliseconds. Times in milliseconds. */
export const AMI_TIMINGS = {
  connectMs: 5_000,
  /** A PBX that accepts and says nothing. */
  bannerMs: 5_000,
  loginMs: 5_000,
  /** How long FullyBooted may take before the PBX is taken for one that never sends it. */
  bootMs: 3_000,
  /** A list answer without any progress. */
  answerMs: 10_000,
  retryMinMs: 500,
  retryMaxMs: 5_000,
  checkMs: 45_000,
  /** A reload changes queues for a moment after its event. */
  reloadMs: 1_000,
  /** Logged in, but no snapshot: from then on the outage is told. */
  notReadyMs: 10_000,
  pingMs: 5_000,
  /** Asked earlier when nothing else arrives, so that a quiet night is not taken for a dead line. */
  quietPingMs: 2_000,
  silentMs: 10_000,
  aliveMs: 2_000,
  /** How often time-outs are looked at and `idle` is called. */
  tickMs: 100,
  anomalyMs: 1_000,
  reconnectMinMs: 250,
  /** Every second of it is one in which a PBX that is back goes unheard. */
  reconnectMaxMs: 2_000,
  /** After an announced Shutdown the PBX is expected back: attempts stay this close, for so long. */
  quickMaxMs: 1_000,
  quickForMs: 30_000,
  healthyMs: 30_000,
  /** A wrong secret does not mend itself, and insisting gets the address banned. */
  loginRetryMs: 60_000,
  appendRetryMs: 500,
  /** How long the PBX has to show the effect of what it was told. */
  confirmMs: CONFIRM_WITHIN_MS,
  /** For the goodbye to the PBX, and again for what is still to be appended. */
  stopMs: 400,
};
export type AmiTimings = Readonly<typeof AMI_TIMINGS>;

export const AMI_LIMITS = {
  maxMessageBytes: 256 * 1024,
  /** Live events held back during a snapshot, and rows of one. */
  maxHeld: 200_000,
  maxOpenEvents: 2_000,
  maxOpenBytes: 4 * 1024 * 1024,
  batchEvents: 256,
};
export type AmiLimits = Readonly<typeof AMI_LIMITS>;
