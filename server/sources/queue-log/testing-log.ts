/** A log of visits, and the source that reads it while the test writes. */
import { pino } from 'pino';
import type { DomainEvent } from '../../../shared/event.ts';
import { createQueueLogSource } from './client.ts';

export const T = 1_795_282_200;
const DAY_START = (T - 10_000) * 1_000;

/** A visit of its own for each number: two lines, within one second. */
export const linesOf = (n: number, at = T + n): string =>
  `${at}|${T}.${n}|sales|NONE|ENTERQUEUE||10086|1\n${at}|${T}.${n}|sales|NONE|ABANDON|1|1|0\n`;

export interface Running {
  /** Numbers of the visits told, in order, and the causes of losses. */
  readonly told: (number | string)[];
  /** Resolves when this was told. */
  until(isTold: (told: readonly (number | string)[]) => boolean): Promise<void>;
  /** As a killed process leaves it: the newest place that the stream holds. */
  readonly resume: string | null;
  stop(): Promise<void>;
}

export function startReading(file: string, resume: string | null, append?: () => Promise<void>): Running {
  const told: (number | string)[] = [];
  const stopping = new AbortController();
  let newest = resume;
  let notify = () => {};
  const source = createQueueLogSource(
    { path: file, site: 'main' },
    {
      resume: async () => resume,
      dayStartAt: async () => DAY_START,
      timings: { pollMs: 1, missingMs: 5, aliveMs: 5, retryMs: 2 },
    },
  );
  const running = source.run({
    site: 'main',
    source: 'queue-log:test',
    append: async (events) => {
      await append?.();
      for (const event of events) {
        const word = wordOf(event);
        if (event.type === 'log.read') newest = event.resume;
        if (word !== null && !(word === 'alive' && told.at(-1) === 'alive')) told.push(word);
      }
      notify();
    },
    now: () => T * 1_000,
    random: () => 0.5,
    log: pino({ level: 'silent' }),
    signal: stopping.signal,
  });
  const stop = async () => {
    stopping.abort();
    await running;
  };
  return {
    told,
    stop,
    get resume() {
      return newest;
    },
    async until(isTold) {
      while (!isTold(told)) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
  };
}

function wordOf(event: DomainEvent): number | string | null {
  if (event.type === 'contact.recorded') return Number(event.call.split('.')[1]);
  if (event.type === 'source.lost') return event.cause;
  if (event.type === 'anomaly.seen') return event.kind;
  return event.type === 'log.read' ? 'alive' : event.type;
}

export const visits = (told: readonly (number | string)[]): number[] => told.filter((word) => typeof word === 'number');
export const has = (n: number) => (told: readonly (number | string)[]) => told.includes(n);
