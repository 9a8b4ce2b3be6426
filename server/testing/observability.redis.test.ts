/** What operators see of a running app: readiness, metrics and the log. Rules: docs/spec/live.md. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import { siteKeys } from '../redis/keys.ts';
import { startTestRedis, type TestRedis } from '../redis/testing-redis.ts';
import { loadRecording, type Recording } from '../sources/simulator/recording.ts';
import { startReplay } from '../sources/simulator/replay.ts';
import { startTestApp, type TestApp } from './test-app.ts';

const CAPTURE = new URL('./capture/', import.meta.url).pathname;
const deployed = (file: string) => readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8');

let redis: TestRedis;
let ends: (() => Promise<unknown>)[];
let isOver: boolean;

beforeEach(async () => {
  isOver = false;
  redis = await startTestRedis();
  ends = [() => redis.stop()];
});
afterEach(async () => {
  isOver = true;
  for (const end of ends.reverse()) await end();
});

async function start(env: Record<string, string> = {}): Promise<TestApp> {
  const started = await startTestApp({ REDIS_URL: redis.server.url, ...env });
  ends.push(started.stop);
  return started;
}

/** Asks until the answer is so, or the test is over; each request takes its time, so this is no busy loop. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    if (isOver) throw new Error(`still waiting; the newest answer was ${JSON.stringify(answer).slice(0, 2_000)}`);
  }
}

const readiness = async ({ app }: TestApp) =>
  API.readiness.response.parse(await (await fetch(`${app.url}/readyz`)).json());
const scrape = async ({ app }: TestApp) => (await fetch(`${app.url}/metrics`)).text();

test('[GW6] a Redis that answers but refuses writes makes the gateway unready, with its word for it', async () => {
  const running = await start({ FLOORCAST_SOURCES: 'ami://u:p@127.0.0.1:1?site=north' });
  await until(
    () => readiness(running),
    ({ ready }) => ready,
  );
  const operator = await redis.connect();
  await operator.config('SET', 'min-replicas-to-write', '1');
  const refused = await until(
    () => readiness(running),
    ({ sites }) => sites[0]?.isWritable === false,
  );
  expect(refused.redis).toBe(true);
  expect(refused.reasons).toContainEqual(expect.stringContaining('Redis refuses writes (NOREPLICAS)'));
  await operator.config('SET', 'min-replicas-to-write', '0');
  await until(
    () => readiness(running),
    ({ ready }) => ready,
  );
});

test('[OBS1] ownership, lag and freshness of every site are told', async () => {
  const running = await start();
  const live = await until(
    () => scrape(running),
    (text) =>
      /floorcast_source_live\{site="demo",source="demo"\} 1/.test(text) && /_emit_seconds_count\{.*\} \d/.test(text),
  );
  expect(live).toMatch(/^floorcast_site_owned\{site="demo"\} 1$/m);
  expect(live).toMatch(/^floorcast_site_takeovers_total\{site="demo"\} 1$/m);
  expect(live).toMatch(/^floorcast_stream_lag_seconds\{site="demo"\} \d/m);
  expect(live).toMatch(/^floorcast_ingested_events_total\{site="demo",source="demo"\} \d/m);
  expect(live).toMatch(/^floorcast_source_clock_offset_seconds\{site="demo",source="demo"\} -?\d/m);
  expect(live).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
});

test('[OBS2] the dashboard and the alert rules ask for what is served, and for all of it', async () => {
  const running = await start();
  const text = await until(
    () => scrape(running),
    (all) => all.includes('floorcast_source_live{'),
  );
  const types = new Map(
    Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name = '', type = '']) => [name, type]),
  );
  const labels = new Set(Array.from(text.matchAll(/[{,](\w+)="/g), ([, label = '']) => label));
  const served = new Set(
    Array.from(types).flatMap(([name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const dashboard = Array.from(
    deployed('grafana/floorcast.json').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g),
    ([, json = '']) => String(JSON.parse(json)),
  );
  const rules = Array.from(deployed('floorcast-rules.yml').matchAll(/^\s+expr: (.+)$/gm), ([, expr = '']) => expr);
  expect(dashboard.length).toBeGreaterThan(10);
  expect(rules.length).toBeGreaterThan(5);
  const asked = new Set<string>();
  for (const expr of [...dashboard, ...rules]) {
    for (const [name] of expr.matchAll(/\b(?:floorcast|nodejs|process)_\w+/g)) {
      expect(served, expr).toContain(name);
      asked.add(name.replace(/_(bucket|sum|count)$/, ''));
    }
    for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g))
      for (const label of list.split(', '))
        expect(new Set([...labels, 'le', 'instance', 'kind']), expr).toContain(label);
  }
  expect([...types.keys()].filter((name) => name.startsWith('floorcast_') && !asked.has(name))).toEqual([]);
});

test('[OBS3] nobody is named in the log: real AMI bytes, refusals and unreadable events, at the finest level', async () => {
  const recording = await loadRecording(CAPTURE);
  const people = peopleIn(recording);
  expect(people.size).toBeGreaterThan(50);
  const replay = await startReplay({ recording, secret: 'right', speed: Number.POSITIVE_INFINITY, cuts: 5 });
  ends.push(() => replay.stop());
  const running = await start({ FLOORCAST_SOURCES: `${replay.url}?site=main` });
  const operator = await redis.connect();

  const caller = STRANGER;
  const unreadable = { v: 1, source: 'x', receivedAt: 1, events: [{ type: 'contact.offered', at: -1, caller }] };
  for (const entry of [JSON.stringify(unreadable), `not JSON ${STRANGER.number}`])
    await operator.xadd(siteKeys('main').events, '*', 'b', entry);
  const offered = async () => {
    await running.app.drain();
    const body = await (await fetch(`${running.app.url}/api/v1/sites`)).json();
    return API.sites.response.parse(body).sites[0]?.today.offered ?? 0;
  };
  await until(offered, (count) => count > 20);
  await operator.config('SET', 'min-replicas-to-write', '1');
  await until(
    async () => (await scrape(running)) && running.lines.join(''),
    (log) => log.includes(REFUSED),
  );
  await operator.config('SET', 'min-replicas-to-write', '0');
  await until(offered, (count) => count > 150);
  const log = running.lines.join('');
  for (const msg of ['the PBX is connected', 'site.owned', 'stream.badEntry', REFUSED]) expect(log).toContain(msg);
  expect([...people, STRANGER.number, STRANGER.name].filter((person) => log.includes(person))).toEqual([]);
});

const REFUSED = 'events cannot be appended';
const STRANGER = { number: '13900001234', name: '欧阳无名' };

/** Names and outside numbers of callers and agents, as the bytes spell them and as they are meant. */
function peopleIn(recording: Recording): Set<string> {
  const people = new Set<string>();
  const header = /^(?:\w*CallerIDNum|\w*CallerIDName|\w*ConnectedLineNum|\w*ConnectedLineName|MemberName): (.+?)\r?$/gm;
  for (const { bytes } of recording.connections) {
    for (const [, value = ''] of bytes.toString('utf8').matchAll(header)) {
      // Extensions and queues are no persons, nor is a caller whom nobody knows.
      if (!/^(?:\d{7,}|[^<\d].*\s.*)$/.test(value)) continue;
      people.add(value).add(value.replaceAll('\\', ''));
    }
  }
  return people;
}

test('[OBS6] a process that only folds tells how long its commits take, and refuses a wrong token', async () => {
  const { lines } = await start({
    FLOORCAST_ROLES: 'site source',
    FLOORCAST_METRICS_PORT: '0',
    FLOORCAST_ADMIN_TOKEN: 'right',
  });
  const told = lines
    .map((line) => JSON.parse(line) as { metrics?: string })
    .find(({ metrics }) => metrics !== undefined);
  const ask = (path: string, token?: string) =>
    fetch(new URL(path, told?.metrics), token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
  await until(
    async () => (await ask('/metrics')).text(),
    (text) => /floorcast_commit_seconds_count\{site="demo"\} [1-9]/.test(text),
  );
  expect(await (await ask('/healthz')).json()).toEqual({ ok: true });
  expect((await ask('/metrics', 'wrong')).status).toBe(401);
  expect((await ask('/metrics', 'right')).status).toBe(200);
  expect((await ask('/wall')).status).toBe(404);
});
