/**
 * The AMI source: keeps one connection to a PBX for as long as it runs. Each connection is a session; between two of
 * them it waits, longer after each failure. The translator outlives them all.
 */
import type { Source } from '../source.ts';
import { AmiActing } from './acting.ts';
import { createBackoff } from './backoff.ts';
import { createFeed } from './feed.ts';
import { createOutbox, pause } from './outbox.ts';
import { runSession } from './session.ts';
import type { SessionEnd } from './session-options.ts';
import { AMI_LIMITS, AMI_TIMINGS, type AmiLimits, type AmiTimings } from './timings.ts';
import type { AmiTranslator } from './translator.ts';
import { type AmiUrl, describeAmiUrl } from './url.ts';

export interface AmiSourceOptions {
  /** Called once per run. */
  readonly createTranslator: () => AmiTranslator;
  readonly timings?: Partial<AmiTimings>;
  readonly limits?: Partial<AmiLimits>;
}

export function createAmiSource(url: AmiUrl, options: AmiSourceOptions): Source {
  const timings: AmiTimings = { ...AMI_TIMINGS, ...options.timings };
  const limits: AmiLimits = { ...AMI_LIMITS, ...options.limits };

  const acting = new AmiActing(timings);

  return {
    kind: 'ami',
    acting,
    async run(context) {
      const log = context.log.child({ source: context.source, pbx: describeAmiUrl(url) });
      const translator = options.createTranslator();
      const outbox = createOutbox({ append: context.append.bind(context), log }, limits, timings);
      const feed = createFeed(translator, outbox, log);
      const nextDelay = createBackoff(timings, context.random);
      const boot: { at: number | null } = { at: null };
      let told: SessionEnd['cause'] | null = null;
      if (url.tls && !url.tls.isVerified) log.warn('tls=unverified: anybody on the way can read along and answer');

      while (!context.signal.aborted) {
        const end = await runSession({
          url,
          context: { ...context, log },
          feed,
          acting,
          outbox,
          wantedEvents: translator.wantedEvents,
          timings,
          limits,
          boot,
          onLive: () => {
            log.info('the PBX is connected');
            told = null;
          },
        });
        feed.lost(context.now(), end.cause);
        feed.tellAnomalies(context.now());
        outbox.flush();
        if (context.signal.aborted) break;
        const delayMs = Math.round(nextDelay(end, performance.now()));
        // One line when an outage begins or shows another face; the attempts in between are for those who look.
        const level = told === end.cause ? 'debug' : end.cause === 'loginRefused' ? 'error' : 'warn';
        log[level]({ cause: end.cause, detail: end.detail, delayMs }, 'the PBX is not connected');
        told = end.cause;
        await pause(delayMs, context.signal);
      }
      await outbox.close(timings.stopMs);
      log.info('the source has stopped');
    },
  };
}
