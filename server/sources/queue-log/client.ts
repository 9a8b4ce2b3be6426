/**
 * The queue_log source: reads the PBX's own log as it grows and tells each visit once it is over. What was read and how far
 * go into the stream as one entry, so that a restart goes on exactly behind what the stream holds.
 */
import type { DomainEvent, SourceLostCause } from '../../../shared/event.ts';
import { pause } from '../ami/outbox.ts';
import type { Source, SourceContext } from '../source.ts';
import type { Resume } from './files.ts';
import { LogFollower } from './follower.ts';
import { LineParser } from './line.ts';
import { LogTranslator } from './translate.ts';
import type { QueueLogUrl } from './url.ts';

/** In milliseconds. */
const TIMINGS = {
  pollMs: 200,
  /** A rotated log is recreated within moments. */
  missingMs: 3_000,
  aliveMs: 2_000,
  retryMs: 1_000,
};

export interface QueueLogOptions {
  /** What the newest `log.read` of this source in the site's stream carries; null when there is none. */
  readonly resume: () => Promise<string | null>;
  /**
   * Beginning of the site's business day: older lines of a log that is met for the first time are left alone. It may be waited
   * for, until the connections of the site have told who is there.
   */
  readonly dayStartAt: (signal: AbortSignal) => Promise<number>;
  readonly timings?: Partial<typeof TIMINGS>;
}

/** Visits that are open when the day begins started earlier. */
const LOOK_BACK_MS = 2 * 60 * 60_000;

export function createQueueLogSource({ path }: QueueLogUrl, options: QueueLogOptions): Source {
  const timings = { ...TIMINGS, ...options.timings };
  return {
    kind: 'queue-log',
    async run(context) {
      const resume = parseResume(await options.resume());
      // From its first word on, what is seen live is remembered for the log.
      if (resume === null) await append(context, [{ type: 'log.read', at: 0, resume: '{}' }], timings.retryMs);
      const dayStartAt = resume === null ? await options.dayStartAt(context.signal) : 0;
      const reading = new Reading(context, path, resume, dayStartAt, timings);
      try {
        await reading.run();
      } finally {
        await reading.close();
      }
    },
  };
}

class Reading {
  readonly #context: SourceContext;
  readonly #path: string;
  readonly #from: { readonly resume: Resume | null; readonly seekAt: number };
  readonly #timings: typeof TIMINGS;
  readonly #follower: LogFollower;
  readonly #parser = new LineParser();
  readonly #translator = new LogTranslator();
  #toldTo: number;
  /** Older lines were told before; holds until the first line that is not older, since a clock may be set back later. */
  #floor: number;
  #files = 0;
  #saidAt = Number.NEGATIVE_INFINITY;
  #missingSince: number | null = null;
  #lost: SourceLostCause | null = null;

  constructor(
    context: SourceContext,
    path: string,
    resume: Resume | null,
    dayStartAt: number,
    timings: typeof TIMINGS,
  ) {
    this.#context = context;
    this.#path = path;
    this.#from = { resume, seekAt: resume?.seekAt ?? dayStartAt - LOOK_BACK_MS };
    this.#toldTo = resume?.toldTo ?? dayStartAt;
    this.#floor = this.#toldTo;
    this.#timings = timings;
    this.#follower = new LogFollower(path);
  }

  async run(): Promise<void> {
    const { signal, log } = this.#context;
    while (!signal.aborted) {
      try {
        const { lines, isSilent, files, isMissing } = await this.#follower.read({
          ...this.#from,
          toldTo: this.#toldTo,
        });
        if (lines.length > 0) await this.#tell(lines, isSilent, files);
        else await this.#rest(isMissing);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        log.debug({ code }, 'the queue log cannot be read');
        await this.#lose(code === 'ENOENT' ? 'fileMissing' : 'fileUnreadable');
        await pause(this.#timings.retryMs, signal);
      }
    }
  }

  close(): Promise<void> {
    return this.#follower.close();
  }

  async #tell(lines: readonly string[], isSilent: boolean, files: number): Promise<void> {
    const events: DomainEvent[] = [];
    let malformed = 0;
    // A file in the place of another one may repeat the past: a copy, or a log that was written anew.
    // What is silent is known by its place, and needs no times.
    if (files !== this.#files && !isSilent) {
      this.#floor = this.#toldTo;
      this.#files = files;
    }
    for (const text of lines) {
      if (text === '') continue;
      const line = this.#parser.parse(text);
      if (!line) {
        malformed++;
        continue;
      }
      if (line.at >= this.#floor) this.#floor = Number.NEGATIVE_INFINITY;
      const isOld = line.at < this.#floor;
      if (isOld && files > 0 && !isSilent) continue;
      const told = this.#translator.line(line);
      if (!isSilent && !isOld) events.push(...told);
      this.#toldTo = Math.max(this.#toldTo, line.at);
    }
    if (isSilent) return;
    if (malformed > 0)
      events.push({ type: 'anomaly.seen', at: this.#toldTo, kind: 'queueLog.malformedLine', count: malformed });
    await this.#say(events);
  }

  /** At the end of the log. A quiet log is not a dead one: it lives while its file is there. */
  async #rest(isMissing: boolean): Promise<void> {
    const now = performance.now();
    this.#missingSince = isMissing ? (this.#missingSince ?? now) : null;
    if (this.#missingSince !== null && now - this.#missingSince >= this.#timings.missingMs)
      await this.#lose('fileMissing');
    else if (now - this.#saidAt >= this.#timings.aliveMs || (this.#lost !== null && !isMissing)) await this.#say([]);
    await pause(this.#timings.pollMs, this.#context.signal);
  }

  async #say(events: readonly DomainEvent[]): Promise<void> {
    const { log } = this.#context;
    if (this.#lost !== null || this.#saidAt === Number.NEGATIVE_INFINITY)
      log.info({ file: this.#path }, 'the queue log is being read');
    this.#lost = null;
    const resume: Resume = {
      ...this.#follower.place,
      seekAt: this.#translator.needsFrom(this.#toldTo),
      toldTo: this.#toldTo,
    };
    await this.#append([...events, { type: 'log.read', at: this.#toldTo, resume: JSON.stringify(resume) }]);
  }

  async #lose(cause: SourceLostCause): Promise<void> {
    if (this.#lost === cause) return;
    this.#lost = cause;
    this.#context.log.warn({ cause, file: this.#path }, 'the queue log cannot be read');
    await this.#append([{ type: 'source.lost', at: this.#toldTo, cause }]);
  }

  async #append(events: readonly DomainEvent[]): Promise<void> {
    await append(this.#context, events, this.#timings.retryMs);
    this.#saidAt = performance.now();
  }
}

/** Until it is done: what comes twice is recognised. */
async function append(context: SourceContext, events: readonly DomainEvent[], retryMs: number): Promise<void> {
  const { now, log, signal } = context;
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      return await context.append(events, now());
    } catch (err) {
      if (failures === 0) log.error({ err }, 'events cannot be appended; trying until it works');
      await pause(retryMs, signal);
    }
  }
}

/** What was written by another version, or not at all, is no place to go on from. */
function parseResume(text: string | null): Resume | null {
  if (text === null) return null;
  const { offset, mark, seekAt, toldTo } = JSON.parse(text) as Partial<Resume>;
  const isWhole = [offset, seekAt, toldTo].every(Number.isSafeInteger) && typeof mark === 'string';
  return isWhole ? ({ offset, mark, seekAt, toldTo } as Resume) : null;
}
