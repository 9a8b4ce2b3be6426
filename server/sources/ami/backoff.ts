/** How long to wait before the next connect. Jittered, so that many nodes do not come back in step. */
import type { SessionEnd } from './session-options.ts';
import type { AmiTimings } from './timings.ts';

/** `now` is monotonic. */
export function createBackoff(timings: AmiTimings, random: () => number): (end: SessionEnd, now: number) => number {
  const { reconnectMinMs, reconnectMaxMs, quickMaxMs, quickForMs, healthyMs, loginRetryMs } = timings;
  let failures = 0;
  let quickUntil = Number.NEGATIVE_INFINITY;

  return (end, now) => {
    if (end.isShutdown) quickUntil = now + quickForMs;
    if (end.isShutdown || end.liveForMs >= healthyMs) failures = 0;
    if (end.cause === 'loginRefused') return loginRetryMs * (0.75 + random() / 2);
    if (now < quickUntil) return reconnectMinMs + random() * (quickMaxMs - reconnectMinMs);
    const longest = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** failures);
    failures = Math.min(failures + 1, 30);
    return Math.max(reconnectMinMs, longest * (0.5 + random() / 2));
  };
}
