/** `npm run bench [-- NAME ...] [--quick] [--split] [--full] [--minutes N]`: runs benchmarks, prints a table, keeps figures. */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { amiParserVsNpm } from './ami-parser-vs-npm.ts';
import { coreVsJsonParse } from './core-vs-json-parse.ts';
import { deliveryVsWs } from './delivery-vs-ws.ts';
import { floorFps, floorInput } from './floor-frames-2k.ts';
import { glassFlatness } from './glass-flatness.ts';
import { glassP99 } from './glass-p99-5k-1k.ts';
import { ingestVsXadd } from './ingest-vs-xadd.ts';
import { kbPerIdleScreen } from './kb-per-idle-screen.ts';
import { killAll } from './load/processes.ts';
import { mbPerScreenHour } from './mb-per-screen-hour.ts';
import { ownerRecovery } from './owner-recovery.ts';
import { reconnectStorm } from './reconnect-storm-5k.ts';
import { isMet, machine, NAMES, type Name, type Outcome, store, toTable } from './report.ts';
import type { Benchmark } from './run.ts';
import { soakGrowth } from './soak-growth.ts';

const BENCHMARKS: Readonly<Record<Name, Benchmark>> = {
  'ingest-vs-xadd': ingestVsXadd,
  'core-vs-json-parse': coreVsJsonParse,
  'ami-parser-vs-npm': amiParserVsNpm,
  'glass-p99-5k-1k': glassP99,
  'glass-flatness': glassFlatness,
  'delivery-vs-ws': deliveryVsWs,
  'mb-per-screen-hour': mbPerScreenHour,
  'kb-per-idle-screen': kbPerIdleScreen,
  'reconnect-storm-5k': reconnectStorm,
  'owner-recovery': ownerRecovery,
  'floor-fps-2k': floorFps,
  'floor-input-2k': floorInput,
  'soak-growth': soakGrowth,
};

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean' },
    split: { type: 'boolean' },
    full: { type: 'boolean' },
    minutes: { type: 'string' },
  },
});
const unknown = positionals.filter((name) => !(NAMES as readonly string[]).includes(name));
const minutes = values.minutes === undefined ? null : Number(values.minutes);
if (unknown.length > 0 || (minutes !== null && !(minutes > 0))) {
  say(unknown.length > 0 ? `no benchmark ${unknown.join(', ')}` : '--minutes wants a positive number');
  say(
    `npm run bench -- [NAME ...] [--quick] [--split] [--full] [--minutes N], where NAME is one of:\n  ${NAMES.join('\n  ')}`,
  );
  process.exit(1);
}

/** More than somebody's editor: figures of a shared machine are told as such. */
const BUSY_LOAD = 0.5;
const load = loadavg()[0] ?? 0;
if (load > BUSY_LOAD) say(`the machine is busy (load ${load.toFixed(1)} before the start): read the figures as noisy`);

// Children are ended when this process exits in order.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const outcomes: Outcome[] = [];
let failures = 0;
for (const name of NAMES.filter((one) => positionals.length === 0 || positionals.includes(one))) {
  say(`${name} …`);
  try {
    const samples = await BENCHMARKS[name]({
      isQuick: values.quick === true,
      isFull: values.full === true,
      isSplit: values.split === true,
      minutes,
      log: (line) => say(`  ${line}`),
    });
    outcomes.push({ name, samples });
  } catch (error) {
    // The others are worth having all the same, undisturbed by what this one has left.
    failures++;
    killAll();
    say(`  failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
process.stdout.write(`${machine()}\n\n${toTable(outcomes)}\n`);
if (values.quick || values.split || minutes !== null) say('Figures of a run with such options are not kept.');
else await store(outcomes);
process.exit(failures > 0 ? 1 : outcomes.every(isMet) ? 0 : 2);
