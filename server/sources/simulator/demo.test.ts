import { afterEach, expect, test } from 'vitest';
import { createCentre } from './centre.ts';
import { type DemoCentre, type DemoCentreOptions, startDemoCentre } from './demo.ts';
import { connectClient, type TestClient } from './testing-client.ts';

const OPENED = Date.UTC(2026, 10, 22, 1, 30);
const MINUTE_MS = 60_000;
const LAG_MS = 5;
const opened: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function start(now: () => number, options: Partial<DemoCentreOptions> = {}): Promise<DemoCentre> {
  const demo = await startDemoCentre({ now, seed: 'demo', secret: 'secret', openedAtMs: OPENED, ...options });
  opened.push(demo.stop);
  return demo;
}

async function loggedIn(demo: DemoCentre): Promise<TestClient> {
  const c = await connectClient(Number(new URL(demo.url).port));
  opened.push(c.close);
  await c.login('secret');
  await c.until(/FullyBooted/);
  return c;
}

/** What the centre sends between two moments. */
function expected(fromMs: number, toMs: number): string[] {
  const centre = createCentre({ seed: 'demo', startAtMs: OPENED });
  centre.advance(fromMs);
  return centre.advance(toMs).map((event) => event.text.slice(0, -4));
}

async function read(c: TestClient, count: number): Promise<string[]> {
  const messages: string[] = [];
  while (messages.length < count) messages.push(await c.next());
  return messages;
}

test('[SIM50] the first client gets the opening, then all of the past at once, then what happens', async () => {
  let now = OPENED + 20 * MINUTE_MS;
  const demo = await start(() => now);
  const c = await loggedIn(demo);
  const status = await c.ask('QueueStatus');
  expect(status.filter((m) => /^Event: QueueParams/.test(m) && m.includes('\r\nCalls: 0\r\n'))).toHaveLength(6);
  expect(await c.ask('CoreShowChannels')).toHaveLength(2);
  const past = expected(OPENED, now - LAG_MS);
  expect(await read(c, past.length)).toEqual(past);

  const second = await loggedIn(demo);
  const known = createCentre({ seed: 'demo', startAtMs: OPENED });
  known.advance(now - LAG_MS);
  const waiting = known.snapshot().queues.flatMap((q) => q.entries.map((e) => e.uniqueid));
  const rows = (await second.ask('QueueStatus')).filter((m) => m.startsWith('Event: QueueEntry'));
  expect(rows.map((row) => /Uniqueid: (.*)\r/.exec(row)?.[1])).toEqual(waiting);

  const before = now - LAG_MS;
  now += MINUTE_MS;
  const next = expected(before, now - LAG_MS);
  expect(await read(c, next.length)).toEqual(next);
  expect(await read(second, next.length)).toEqual(next);
}, 30_000);

test('[SIM51] a restarted demo goes on where it was told to, with the same bytes', async () => {
  const now = OPENED + 30 * MINUTE_MS;
  const resumeFromMs = OPENED + 25 * MINUTE_MS;
  const demo = await start(() => now, { resumeFromMs });
  const c = await loggedIn(demo);
  await c.ask('QueueStatus');
  await c.ask('CoreShowChannels');
  const rest = expected(resumeFromMs, now - LAG_MS);
  expect(await read(c, rest.length)).toEqual(rest);
}, 30_000);

test('[SIM52] a client lost before the past was told leaves it for the next one', async () => {
  const now = OPENED + 5 * MINUTE_MS;
  const demo = await start(() => now);
  const shy = await loggedIn(demo);
  shy.close();
  await shy.closed;
  const c = await loggedIn(demo);
  await c.ask('CoreShowChannels');
  await c.ask('QueueStatus');
  const past = expected(OPENED, now - LAG_MS);
  expect(await read(c, past.length)).toEqual(past);
}, 30_000);

test('[SIM53] the uptime is not that of a restart; aborting closes everything', async () => {
  const stop = new AbortController();
  const demo = await start(() => OPENED, { signal: stop.signal });
  const c = await connectClient(Number(new URL(demo.url).port));
  await c.login('secret');
  expect(Number(/Uptime: (\d+)/.exec(await c.next())?.[1])).toBeGreaterThan(3600);
  stop.abort();
  await c.closed;
  await demo.stop();
  await expect(connectClient(Number(new URL(demo.url).port))).rejects.toThrow('ECONNREFUSED');
});
