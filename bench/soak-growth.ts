/**
 * Whether memory grows: the demo centre at 60 times its pace, 50 screens and one wall in Chromium. 24 hours of it with
 * `--full` (24 minutes), otherwise 6. The first third warms up; then the median of the resident memory in the first and
 * in the last sixth of the run are compared, of the server and of the wall's renderer. The figure is the worse of them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, newContext } from '../e2e/browser.ts';
import { buildClient } from './load/client.ts';
import type { DemoReport } from './load/fast-demo.ts';
import { FLOOR_EVERY } from './load/floors.ts';
import { pause, residentMb, startHelper } from './load/processes.ts';
import { startServer } from './load/product.ts';
import { median } from './load/statistics.ts';
import { startScreens } from './load/watch.ts';
import type { RunOptions } from './run.ts';

const SPEED = 60;
const SCREENS = 50;
const MINUTES = { full: 24, usual: 6, quick: 0.2 };
const LOOKS = 60;

interface Look {
  readonly server: number;
  readonly wall: number;
  readonly wallHeap: number;
}

export async function soakGrowth({ isQuick, isFull, minutes, log }: RunOptions): Promise<number[]> {
  const length = minutes ?? (isFull ? MINUTES.full : isQuick ? MINUTES.quick : MINUTES.usual);
  buildClient();
  const dataDir = await mkdtemp(join(tmpdir(), 'floorcast-soak-'));
  const pbx = startHelper<never, DemoReport>('./fast-demo.ts', [String(SPEED)]);
  const { url } = await pbx.next('listening');
  const server = await startServer({ FLOORCAST_SOURCES: url, FLOORCAST_DATA_DIR: dataDir });
  const screens = startScreens();
  await screens.open(server.url, SCREENS, FLOOR_EVERY);
  const browser = await launchBrowser();
  const page = await (await newContext(browser, {})).newPage();
  await page.goto(`${server.url}/wall?lang=zh-CN&site=main`);
  const inspector = await page.context().newCDPSession(page);
  const renderer = rendererOf(process.pid);

  const looks: Look[] = [];
  const everyMs = (length * 60_000) / LOOKS;
  for (let n = 0; n < LOOKS; n++) {
    await pause(everyMs);
    await inspector.send('HeapProfiler.collectGarbage');
    const { usedSize } = await inspector.send('Runtime.getHeapUsage');
    looks.push({ server: residentMb(server.pid), wall: residentMb(renderer), wallHeap: usedSize / 2 ** 20 });
  }
  const { lost, deltas } = await screens.collect();
  const growth = (what: keyof Look): number => {
    const sixth = LOOKS / 6;
    const of = (from: number) => median(looks.slice(from, from + sixth).map((look) => look[what]));
    const [first, last] = [of(2 * sixth), of(LOOKS - sixth)];
    log(`${what}: ${first.toFixed(1)} MB after warm-up, ${last.toFixed(1)} MB at the end`);
    return last / first - 1;
  };
  const grown = { server: growth('server'), wall: growth('wall'), wallHeap: growth('wallHeap') };
  log(
    `${length} min = ${(length * SPEED) / 60} h simulated, ${Math.round(deltas / SCREENS)} frames a screen: server ${percent(grown.server)}, wall ${percent(grown.wall)} (its heap ${percent(grown.wallHeap)})`,
  );
  await browser.close();
  await screens.stop();
  await server.stop();
  await pbx.stop();
  await rm(dataDir, { recursive: true, force: true });
  if (lost > 0) throw new Error(`${lost} screens lost their connection`);
  return [Math.max(grown.server, grown.wall)];
}

const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

/** The newest renderer among our descendants: the wall's page was opened last. */
function rendererOf(ancestor: number): number {
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      parents.set(pid, Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Gone between the two looks.
    }
  }
  const isOurs = (pid: number): boolean => pid === ancestor || (pid > 1 && isOurs(parents.get(pid) ?? 0));
  const renderers = [...parents.keys()].filter(
    (pid) => isOurs(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer'),
  );
  const newest = Math.max(...renderers);
  if (!Number.isFinite(newest)) throw new Error('no renderer process of the browser was found');
  return newest;
}
