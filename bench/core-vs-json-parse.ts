/**
 * What the fold costs: the domain events of a large floor through `reduce`, with `advance` and the hand-over of what was
 * touched and of what is over at every tick as the owner does it, against JSON.parse of the same events. One process, rounds in turn.
 */
import { advance } from '../server/core/advance.ts';
import { factsOf } from '../server/core/facts.ts';
import { reduce } from '../server/core/reduce.ts';
import { createSite, drainTouched } from '../server/core/site.ts';
import { createFramer } from '../server/sources/ami/framing.ts';
import { createTranslator } from '../server/sources/ami/translate.ts';
import type { DomainEvent } from '../shared/event.ts';
import { largeFloor } from './load/floors.ts';
import { TICK_MS } from './load/product.ts';
import { median } from './load/statistics.ts';
import { Traffic } from './load/traffic.ts';
import type { RunOptions } from './run.ts';

const RATE = 5_000;

export async function coreVsJsonParse({ isQuick, log }: RunOptions): Promise<number[]> {
  const events = domainEvents(isQuick ? 10_000 : 100_000);
  const texts = events.map((event) => JSON.stringify(event));
  const rounds = isQuick ? 1 : 7;
  const ratios: number[] = [];
  const rates = { core: [] as number[], parse: [] as number[] };
  // The first rounds warm up.
  for (let round = -2; round < rounds; round++) {
    const core = perCpuSecond(events.length, () => fold(events));
    const parse = perCpuSecond(texts.length, () => parseAll(texts));
    if (round < 0) continue;
    ratios.push(core / parse);
    rates.core.push(core);
    rates.parse.push(parse);
  }
  const bytes = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  log(
    `core ${Math.round(median(rates.core))} events per CPU-second, JSON.parse ${Math.round(median(rates.parse))} of ${Math.round(bytes)} characters`,
  );
  return ratios;
}

/** Through the real framing and translation, after the floor has come to its pace. */
function domainEvents(count: number): DomainEvent[] {
  const plan = largeFloor();
  const traffic = new Traffic(plan);
  const framer = createFramer();
  const translator = createTranslator();
  traffic.setRate(RATE);
  const events: DomainEvent[] = [];
  for (let now = plan.startAtMs; events.length < count; now += TICK_MS) {
    framer.push(Buffer.from(traffic.advance(now)), (message) => {
      if (message.kind === 'event') events.push(...translator.event(message, now));
    });
  }
  return events;
}

function fold(events: readonly DomainEvent[]): void {
  const site = createSite('main', {
    name: 'Bench',
    timeZone: 'Asia/Shanghai',
    businessDayStart: '06:00',
    thresholdMs: 20_000,
    shortAbandonMs: 5_000,
  });
  let tickAt = 0;
  for (const event of events) {
    reduce(site, event, { source: 'bench', receivedAt: event.at });
    if (event.at < tickAt) continue;
    tickAt = event.at + TICK_MS;
    advance(site, event.at);
    factsOf(site, drainTouched(site));
  }
  if (site.queues.size === 0) throw new Error('the fold saw nothing');
}

function parseAll(texts: readonly string[]): void {
  let sum = 0;
  for (const text of texts) sum += (JSON.parse(text) as DomainEvent).at & 1;
  if (sum < 0) throw new Error('unreachable: keeps the loop from being optimised away');
}

function perCpuSecond(count: number, work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return count / ((user + system) / 1e6);
}
