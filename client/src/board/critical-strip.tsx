/** The one line that never rotates away: what is wrong and where, or calmly that nothing is. */
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatPercent, NOTHING, useFormat } from '../i18n/format.ts';
import { type Freshness, isPartlyLost } from '../live/freshness.ts';
import { Given } from '../ui/given.tsx';
import { SeverityMark, SeverityTag } from '../ui/severity-mark.tsx';
import type { Breach, QueueState, SiteJudgement } from './board-model.ts';
import { SITE_FIGURES } from './board-model.ts';
import type { HeldBreach } from './held-breaches.ts';
import { isBreach, worst } from './severity.ts';

/** More than fit in one line are counted. */
const SHOWN = 3;

const METRIC = {
  wait: 'longestWait',
  serviceLevel: 'serviceLevelShort',
  answerRate: 'answerRate',
  free: 'canTake',
  onBreak: 'onBreak',
  internalCalls: 'internalCalls',
} as const satisfies Record<keyof SiteJudgement, string>;

interface CriticalStripProps {
  readonly breaches: readonly HeldBreach[];
  readonly states: readonly QueueState[];
  /** Their numbers are withheld: what was shown of them stays, without values. */
  readonly withheld: ReadonlySet<string>;
  /** Null until counts are here. */
  readonly hasCounts: boolean;
  /** The figures of the whole site, each as it is judged in the headline. */
  readonly ofSite: SiteJudgement;
  readonly freshness: Freshness;
  readonly cause: string | null;
  /** How long callers wait is not for these eyes: which queue it is has to do. */
  readonly hidesWaits?: boolean;
}

export function CriticalStrip(props: CriticalStripProps): ReactNode {
  const { breaches, freshness, cause, hidesWaits = false } = props;
  const { t } = useTranslation();
  const format = useFormat();
  if (freshness.level === 'starting') {
    return (
      <section className="strip" aria-label={t('strip.label')}>
        <span className="strip__calm">{cause ?? t('wall.starting')}</span>
      </section>
    );
  }
  if (isPartlyLost(freshness)) return <PartlyLost {...props} />;
  if (freshness.level === 'stale') {
    return (
      <section className="strip strip--stale" aria-label={t('strip.label')} role="alert">
        <span className="strip__lost">{t('fresh.stale')}</span>
        <span className="strip__cause">{cause}</span>
        {freshness.provenAt !== null && (
          <span className="strip__quiet">{t('fresh.until', { time: format.time(freshness.provenAt) })}</span>
        )}
        <span className="strip__space" />
        {breaches.length > 0 && (
          <span className="strip__before">
            {breaches.slice(0, SHOWN).map((held) => (
              <Before key={held.breach.queue.id} held={held} />
            ))}
          </span>
        )}
      </section>
    );
  }
  return (
    <section className="strip" aria-label={t('strip.label')} aria-live="polite">
      {breaches.length === 0 && <Calm {...props} />}
      {breaches.slice(0, SHOWN).map((held) => (
        <Item key={held.breach.queue.id} held={held} room={SHOWN - breaches.length} hidesWaits={hidesWaits} />
      ))}
      {breaches.length > SHOWN && (
        <span className="strip__quiet">{t('strip.more', { count: breaches.length - SHOWN })}</span>
      )}
    </section>
  );
}

/** Some sources are lost, others are not: their names, and what is known of the queues that the others feed. */
function PartlyLost({ breaches, withheld, freshness, cause, hidesWaits = false }: CriticalStripProps): ReactNode {
  const { t } = useTranslation();
  const lost = freshness.sources.filter(({ level }) => level === 'stale').map(({ id }) => id);
  const room = SHOWN - 1;
  return (
    <section className="strip strip--stale" aria-label={t('strip.label')} role="alert">
      <span className="strip__lost">{t('fresh.stale')}</span>
      <Given text={lost.join(t('strip.and'))} className="strip__source" />
      <span className="strip__cause">{cause}</span>
      <span className="strip__space" />
      {breaches.slice(0, room).map((held) => {
        const { id } = held.breach.queue;
        return withheld.has(id) ? (
          <Before key={id} held={held} />
        ) : (
          <Item key={id} held={held} room={-1} hidesWaits={hidesWaits} />
        );
      })}
      {breaches.length > room && (
        <span className="strip__quiet">{t('strip.more', { count: breaches.length - room })}</span>
      )}
    </section>
  );
}

/** What was out of order when the data was lost: neither cleared nor told with a value. */
function Before({ held: { breach } }: { held: HeldBreach }): ReactNode {
  return (
    <span className="strip__before-item">
      <SeverityMark kind={breach.severity} />
      <Given text={breach.queue.name} />
    </span>
  );
}

/** No queue is in breach. That is all it says: the site's own figures may be odd, and few calls prove nothing. */
function Calm({ states, ofSite, hasCounts }: CriticalStripProps): ReactNode {
  const { t } = useTranslation();
  const watched = states.filter(({ severity }) => severity === 'watch').length;
  const unjudged = states.filter(({ service }) => service === 'unjudged').length;
  const site = worst(...Object.values(ofSite));
  const isSiteOdd = isBreach(site) || (watched === 0 && site === 'watch');
  const odd = SITE_FIGURES.filter((figure) => ofSite[figure] === site).map((figure) => t(`metric.${METRIC[figure]}`));
  const few = hasCounts ? t('strip.fewCalls', { count: unjudged }) : t('strip.noCounts');
  const queues = unjudged > 0 ? few : t('strip.queuesCalm');
  if (isSiteOdd) {
    return (
      <span className="strip__calm">
        <SeverityTag kind={site} />
        {t('strip.ofSite', { metrics: odd.join(t('strip.and')) })}
        <span className="strip__quiet">{queues}</span>
      </span>
    );
  }
  const calm = unjudged > 0 ? t('strip.calmSoFar') : t('strip.calm');
  return (
    <span className="strip__calm">
      <SeverityMark kind={watched > 0 ? 'watch' : 'eased'} />
      {watched > 0 ? t('strip.watching', { count: watched }) : calm}
      <span className="strip__quiet">{unjudged > 0 ? queues : t('strip.calmDetail')}</span>
    </span>
  );
}

/** The queue and the value come first; the metric's name and the target give way when the line is full. */
function Item({ held, room, hidesWaits }: { held: HeldBreach; room: number; hidesWaits: boolean }): ReactNode {
  const { t } = useTranslation();
  const { breach, isEased } = held;
  const kind = isEased ? 'eased' : breach.severity;
  return (
    <span className="strip__item" data-severity={kind}>
      <SeverityTag kind={kind} />
      <Given text={breach.queue.name} className="strip__queue" />
      {room >= 0 && (
        <span className="strip__metric">{breach.kind === 'wait' ? t('strip.wait') : t('strip.level')}</span>
      )}
      {!(hidesWaits && breach.kind === 'wait') && (
        <>
          <span className="strip__value" aria-hidden={breach.kind === 'wait'}>
            {isEased ? NOTHING : shownValue(breach)}
          </span>
          {room > 0 && <span className="strip__quiet">{targetOf(breach, t)}</span>}
        </>
      )}
    </span>
  );
}

const shownValue = ({ kind, waitMs, ratio }: Breach): string =>
  kind === 'wait' ? (waitMs === null ? NOTHING : formatDuration(waitMs)) : formatPercent(ratio);

function targetOf({ kind, queue, thresholdMs }: Breach, t: TFunction): string {
  if (kind === 'serviceLevel') return t('target.atLeast', { value: formatPercent(queue.targetRatio) });
  return t('target.atMost', { value: t('target.seconds', { value: Math.round(thresholdMs / 1000) }) });
}
