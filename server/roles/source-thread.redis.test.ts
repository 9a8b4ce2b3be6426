/** Sources on a thread of their own behave as they do beside the other roles. Rules: docs/spec/live.md. */
import { afterEach, expect, test } from 'vitest';
import { startReplay } from '../sources/simulator/replay.ts';
import { loadRecordedDay } from '../testing/recorded-day.ts';
import { startTestApp } from '../testing/test-app.ts';

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function startThreaded(sources: string) {
  const fatal: string[] = [];
  const started = await startTestApp(
    { FLOORCAST_SOURCES: sources },
    { hasThreads: true, onFatal: (reason) => fatal.push(reason) },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await started.stop();
    isStopped = true;
  };
  ends.push(stop);
  return { ...started, stop, fatal };
}

test('[THR1] what they hear is counted, logged without secrets, and shown', { timeout: 30_000 }, async () => {
  const recording = await loadRecordedDay();
  const replay = await startReplay({ recording, secret: 'right', speed: 200 });
  ends.push(() => replay.stop());
  const { app, lines } = await startThreaded(replay.url);
  await expect
    .poll(async () => (await fetch(`${app.url}/metrics`)).text(), { timeout: 20_000 })
    .toMatch(/floorcast_ingested_events_total\{.*\} \d{3}/);
  await expect
    .poll(async () => (await fetch(`${app.url}/api/v1/sites/main/queues`)).text(), { timeout: 20_000 })
    .toContain('"id":"sales"');
  expect(lines.some((line) => line.includes('the PBX is connected'))).toBe(true);
  expect(lines.filter((line) => line.includes('right'))).toEqual([]);
});

test('[THR2] a stop ends them in order, and is no failure', { timeout: 30_000 }, async () => {
  const { lines, stop, fatal } = await startThreaded('ami://u:p@127.0.0.1:1');
  await expect.poll(() => lines.some((line) => line.includes('source.held'))).toBe(true);
  await stop();
  expect(fatal).toEqual([]);
  expect(lines.filter((line) => line.includes('app.stopFailed'))).toEqual([]);
});
