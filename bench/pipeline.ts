/**
 * AMI text in, committed aggregate, frame out: the product as it is started, fed over TCP, watched over 200 sockets. Two limits
 * are measured in the same run, before and after: what the same Redis takes as plain XADD, and how fast JSON.parse is.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EVENTS_PER_CALL } from './load/calls.ts';
import type { PbxOrder, PbxReport } from './load/pbx.ts';
import { childOf, cpuSeconds, residentMb, startHelper, startServer } from './load/processes.ts';
import type { ScreensReport } from './load/screens.ts';
import { type Figure, median, quantile } from './report.ts';

const SCREENS = 200;
const FLOOD_CALLS = 20_000;
const FLOODS = 3;
const STEADY = { eventsPerSecond: 2_000, seconds: 12 };

const run = promisify(execFile);

export async function pipeline(log: (line: string) => void): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'floorcast-bench-'));
  const pbx = startHelper<PbxOrder, PbxReport>('./pbx.ts');
  const { url } = await pbx.next((report) => report.is === 'listening');
  const synced = pbx.next((report) => report.is === 'synced');
  const server = await startServer(
    {
      FLOORCAST_SOURCES: url,
      FLOORCAST_DATA_DIR: dataDir,
      FLOORCAST_LOG_LEVEL: 'warn',
      FLOORCAST_TIME_ZONE: 'Asia/Shanghai',
    },
    await freePort(),
  );
  await synced;
  const redis = childOf(server.pid, 'redis-server');
  const limit = await startLimit();

  const floods: { eventsPerSecond: number; perServerCpu: number; perCpu: number }[] = [];
  const limits = { xadd: [] as number[], parse: [] as number[] };
  const watcher = startHelper<'clear' | 'collect', ScreensReport>('./screens.ts', [server.url, '1']);
  await watcher.next((report) => report.is === 'ready');
  for (let n = 0; n < FLOODS + 1; n++) {
    const before = [cpuSeconds(server.pid), cpuSeconds(redis)] as const;
    const started = pbx.next((report) => report.is === 'started');
    const sent = pbx.next((report) => report.is === 'sent');
    const seen = watcher.next((report) => report.is === 'seen');
    pbx.send({ do: 'flood', calls: FLOOD_CALLS });
    const { at: startedAt } = await started;
    await sent;
    const { at: seenAt } = await seen;
    const events = FLOOD_CALLS * EVENTS_PER_CALL;
    const serverCpu = cpuSeconds(server.pid) - before[0];
    const redisCpu = cpuSeconds(redis) - before[1];
    const flood = {
      eventsPerSecond: events / ((seenAt - startedAt) / 1_000),
      perServerCpu: events / serverCpu,
      perCpu: events / (serverCpu + redisCpu),
    };
    limits.xadd.push(await limit.xaddPerSecond());
    limits.parse.push(parsePerCpuSecond());
    log(
      `${n === 0 ? 'warm-up' : `flood ${n}`}: ${Math.round(flood.eventsPerSecond)} events/s, server ${serverCpu.toFixed(1)} s, redis ${redisCpu.toFixed(1)} s of CPU`,
    );
    if (n > 0) floods.push(flood);
  }
  await watcher.stop();
  await limit.stop();

  const screens = startHelper<'clear' | 'collect', ScreensReport>('./screens.ts', [server.url, String(SCREENS)]);
  await screens.next((report) => report.is === 'ready');
  const latency = async () => {
    screens.send('clear');
    const done = pbx.next((report) => report.is === 'sent');
    pbx.send({ do: 'steady', ...STEADY });
    await done;
    const collected = screens.next((report) => report.is === 'latencies');
    screens.send('collect');
    return await collected;
  };
  await latency();
  const { ms, bytes, frames } = await latency();
  log(
    `${SCREENS} screens, ${STEADY.eventsPerSecond} events/s: ${ms.length} markers, ${Math.round(bytes / frames)} bytes a frame`,
  );
  const serverMb = residentMb(server.pid);

  await screens.stop();
  await server.stop();
  await pbx.stop();
  await rm(dataDir, { recursive: true, force: true });

  const told = { must: null, aim: null, isMoreBetter: true, samples: FLOODS };
  const perSecond = median(floods.map((flood) => flood.eventsPerSecond));
  const perCpu = median(floods.map((flood) => flood.perServerCpu));
  return [
    {
      ...told,
      name: 'pipeline-events-per-second',
      value: perSecond,
      unit: 'durable events/s',
      must: 20_000,
      aim: 50_000,
    },
    { ...told, name: 'pipeline-events-per-cpu-second', value: perCpu, unit: 'events/CPU-s of the server' },
    {
      ...told,
      name: 'pipeline-events-per-cpu-second-all',
      value: median(floods.map((flood) => flood.perCpu)),
      unit: 'events/CPU-s with Redis',
    },
    { ...told, name: 'pipeline-vs-xadd', value: perSecond / median(limits.xadd), unit: 'of XADD -P 16' },
    { ...told, name: 'pipeline-vs-json-parse', value: perCpu / median(limits.parse), unit: 'of JSON.parse' },
    {
      name: 'pipeline-socket-p50',
      value: quantile(ms, 0.5),
      unit: 'ms',
      must: null,
      aim: 50,
      isMoreBetter: false,
      samples: ms.length,
    },
    {
      name: 'pipeline-socket-p99',
      value: quantile(ms, 0.99),
      unit: 'ms',
      must: 150,
      aim: 100,
      isMoreBetter: false,
      samples: ms.length,
    },
    {
      name: 'pipeline-server-rss',
      value: serverMb,
      unit: 'MB',
      must: null,
      aim: null,
      isMoreBetter: false,
      samples: 1,
    },
  ];
}

/** A Redis of its own with the same durability: the limit is measured beside the product, not in its data. */
async function startLimit(): Promise<{ xaddPerSecond: () => Promise<number>; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'floorcast-xadd-'));
  const socket = join(folder, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--appendonly', 'yes', '--save', ''];
  const redis = spawn('redis-server', options, { stdio: 'ignore' });
  const ended = once(redis, 'exit');
  const entry = ['XADD', 'bench', 'MAXLEN', '~', '100000', '*', 'b', 'x'.repeat(300)];
  const benchmark = ['-s', socket, '-c', '20', '-P', '16', '-n', '300000', '-q', '--csv', ...entry];
  await run('redis-cli', ['-s', socket, 'PING']).catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await run('redis-cli', ['-s', socket, 'PING']);
  });
  return {
    async xaddPerSecond() {
      const { stdout } = await run('redis-benchmark', benchmark);
      const rate = Number(/^"XADD[^"]*","([\d.]+)"/m.exec(stdout)?.[1]);
      if (!(rate > 0)) throw new Error(`redis-benchmark said: ${stdout}`);
      return rate;
    },
    async stop() {
      redis.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Parsed events a CPU-second, on domain events as they stand in the stream. */
function parsePerCpuSecond(): number {
  const event = {
    type: 'membership.changed',
    at: 1_795_282_215_941,
    agent: 'PJSIP/8001',
    queue: 'queue-1',
    name: 'Agent 1',
    device: 'idle',
    paused: false,
    pauseReason: '',
    penalty: 0,
    padding: 'x'.repeat(330),
  };
  const json = JSON.stringify(event);
  const rounds = 200_000;
  const before = process.cpuUsage();
  let sum = 0;
  for (let i = 0; i < rounds; i++) sum += (JSON.parse(json) as typeof event).at & 1;
  const used = process.cpuUsage(before);
  if (sum < 0) throw new Error('unreachable: keeps the loop from being optimised away');
  return rounds / ((used.user + used.system) / 1e6);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
