/** Runs an AMI source against a scripted PBX and keeps what it appended, as short labels in stream order. */
import type { DomainEvent } from '../../../shared/event.ts';
import { createLogger } from '../../log.ts';
import type { Acting, SourceContext } from '../source.ts';
import { createAmiSource } from './client.ts';
import type { AmiLimits, AmiTimings } from './timings.ts';
import type { AmiTranslator } from './translator.ts';
import { parseAmiUrl } from './url.ts';

/** Nothing happens by time in a test unless the test sets that time. */
const PATIENT: Partial<AmiTimings> = {
  tickMs: 2,
  retryMinMs: 2,
  retryMaxMs: 4,
  checkMs: 60_000,
  reloadMs: 1,
  notReadyMs: 60_000,
  pingMs: 60_000,
  quietPingMs: 60_000,
  silentMs: 60_000,
  aliveMs: 60_000,
  anomalyMs: 2,
  reconnectMinMs: 1,
  reconnectMaxMs: 4,
  quickMaxMs: 2,
  loginRetryMs: 4,
  appendRetryMs: 1,
};

export interface SourceSetup {
  readonly timings?: Partial<AmiTimings>;
  readonly limits?: Partial<AmiLimits>;
  readonly translator?: Partial<AmiTranslator>;
  readonly append?: (labels: readonly string[]) => Promise<void>;
  /** Of the URL, from the host on; the port is put in. */
  readonly options?: string;
  readonly scheme?: 'ami' | 'amis';
}

export interface RunningSource {
  readonly acting: Acting;
  /** All labels in stream order. */
  readonly told: readonly string[];
  /** Labels of each append call. */
  readonly batches: readonly (readonly string[])[];
  /** Resolves when a label equal to this one (or fitting it) comes after the one that was seen last. */
  seen(wanted: string | RegExp): Promise<string>;
  /** Log lines as JSON, of all levels. */
  readonly log: readonly string[];
  /** Aborts; resolves when `run` has resolved. */
  stop(): Promise<void>;
  readonly stopped: Promise<void>;
}

const SECRET = 'hunter2-秘密';

export function startSource(port: number, setup: SourceSetup = {}): RunningSource {
  const told: string[] = [];
  const batches: string[][] = [];
  const log: string[] = [];
  const abort = new AbortController();
  let cursor = 0;
  let wake: () => void = () => {};

  const context: SourceContext = {
    site: 'main',
    source: 'pbx',
    async append(events) {
      const labels = events.map(labelOf);
      await setup.append?.(labels);
      batches.push(labels);
      told.push(...labels);
      wake();
    },
    now: Date.now,
    random: Math.random,
    log: createLogger({ level: 'trace', format: 'json', write: (line) => log.push(line) }),
    signal: abort.signal,
  };
  const url = `${setup.scheme ?? 'ami'}://wall:${encodeURIComponent(SECRET)}@127.0.0.1:${port}${setup.options ?? ''}`;
  const source = createAmiSource(parseAmiUrl(url), {
    createTranslator: () => createLabelTranslator(setup.translator),
    timings: { ...PATIENT, ...setup.timings },
    limits: setup.limits ?? {},
  });
  const stopped = source.run(context);
  const { acting } = source;
  if (!acting) throw new Error('an AMI source can act');

  return {
    acting,
    told,
    batches,
    log,
    stopped,
    async seen(wanted) {
      for (;;) {
        const at = told.findIndex(
          (label, i) => i >= cursor && (typeof wanted === 'string' ? label === wanted : wanted.test(label)),
        );
        if (at !== -1) {
          cursor = at + 1;
          return told[at] ?? '';
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop() {
      abort.abort();
      return stopped;
    },
  };
}

/** The secret must not be found in anything that was written. */
export const leaksSecret = (lines: readonly string[]): boolean =>
  lines.some((line) => line.includes(SECRET) || line.includes('hunter2') || line.includes(encodeURIComponent(SECRET)));

function labelOf(event: DomainEvent): string {
  switch (event.type) {
    case 'anomaly.seen':
      return event.count === 1 ? event.kind : `${event.kind} x${event.count}`;
    case 'source.lost':
      return `lost ${event.cause}`;
    default:
      return event.type;
  }
}

const label = (kind: string, at: number): DomainEvent[] => [{ type: 'anomaly.seen', at, kind, count: 1 }];

/** Says what it was asked, in order, in the kind of an event. */
function createLabelTranslator(overrides: Partial<AmiTranslator> = {}): AmiTranslator {
  const translator: AmiTranslator = {
    wantedEvents: new Set(['Live', 'Bad', 'OriginateResponse', 'Shutdown', 'QueueMember']),
    event: (message, at) => label(`${message.name} ${message.get('N') ?? ''}`, at),
    snapshot: ({ reason, queueRows, channelRows, receivedAt }) =>
      label(`snapshot ${reason} ${queueRows.length}/${channelRows?.length ?? 'null'}`, receivedAt),
    idle: () => [],
    clock: () => {},
    isClockSetBack: false,
    alive: (at) => [{ type: 'source.alive', at }],
    disconnected: (at, cause) => [{ type: 'source.lost', at, cause }],
  };
  // Getters stay getters.
  return Object.defineProperties(translator, Object.getOwnPropertyDescriptors(overrides));
}
