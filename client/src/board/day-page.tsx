import type { TFunction } from 'i18next';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { SERVICE_LEVELS } from '../../../shared/metric.ts';
import { INTERVAL_MS } from '../../../shared/time.ts';
import { SITE_ROW } from '../../../shared/view.ts';
import { daySpan } from '../charts/day-trend.tsx';
import { GapLegend, useGapWords } from '../charts/gap-bands.tsx';
import { type HeatCell, HeatStrip } from '../charts/heat-strip.tsx';
import { StateBar, type StatePart } from '../charts/state-bar.tsx';
import { bandsOf } from '../charts/use-gap-bands.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import type { Counts } from '../live/counts.ts';
import type { SiteView } from '../live/rows.ts';
import { Given } from '../ui/given.tsx';
import { useTrust, useTrustOfQueue } from '../ui/trust.tsx';
import { type BoardTables, commonVariant, dayIntervals, type QueueState, siteDay } from './board-model.ts';
import { DayVolume, dayPoints } from './day-volume.tsx';
import { serviceLevelSeverity } from './severity.ts';
import { byOffered } from './wall-pages.ts';

/** Agents by state, the day's volume, and where in the day which queue had trouble. */
export function DayPage({
  tables,
  states,
  now,
  rows,
}: {
  tables: BoardTables;
  states: readonly QueueState[];
  now: number;
  rows: number;
}): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const trustOfQueue = useTrustOfQueue();
  const gapWords = useGapWords();
  const { site, counts } = tables;
  const starts = useMemo(() => (site && counts ? dayIntervals(site, counts, now) : []), [site, counts, now]);
  const points = dayPoints(counts, SITE_ROW, starts);
  const span = daySpan(points);
  const bands = bandsOf(counts, [], span.startAt, span.endAt, now);
  const shownVariant = commonVariant(states);
  const targets = new Set(states.map(({ queue }) => queue.targetRatio));
  const [target] = targets;
  return (
    <div className="day">
      <section className="day__states">
        <h2 className="day__title">
          {t('wall.agentStates')}
          <span className="quiet">
            {t('metric.signedIn')} {isWithheld || !site ? NOTHING : site.signedIn}
          </span>
        </h2>
        <StateBar parts={site ? stateParts(site, t) : []} shown={(count) => (isWithheld ? NOTHING : String(count))} />
      </section>
      <section className="day__trend" data-withheld={isWithheld}>
        <h2 className="day__title">
          {t('wall.trendOfDay')}
          <Waits counts={counts} />
        </h2>
        <DayVolume points={points} bands={bands} />
      </section>
      <section className="day__heat">
        <h2 className="day__title">
          {t('wall.heat', { metric: t('metric.serviceLevelShort') })}
          <span className="quiet">
            {t(`level.name.${shownVariant}`)}
            {targets.size === 1 && ` · ${t('target.atLeast', { value: formatPercent(target ?? null) })}`}
          </span>
          <GapLegend bands={bands} />
        </h2>
        <ul className="heat-list">
          {busiest(states, rows).map((state) => {
            const { queue, level } = state;
            const first = starts[0] ?? now;
            const queueBands = bandsOf(counts, queue.sources, first, (starts.at(-1) ?? now) + INTERVAL_MS, now);
            const isLost = trustOfQueue(queue.sources).isWithheld;
            return (
              <li key={queue.id} className="heat-list__row" data-withheld={isLost}>
                <span className="heat-list__name">
                  <Given text={queue.name} />
                  {queue.serviceLevel !== shownVariant && (
                    <span className="quiet heat-list__variant">
                      {t('level.caption', { name: t(`level.name.${queue.serviceLevel}`) })}
                    </span>
                  )}
                </span>
                <HeatStrip
                  cells={heatCells(counts, state, starts)}
                  target={queue.targetRatio}
                  label={[queue.name, t(`level.name.${queue.serviceLevel}`), gapWords(queueBands)]
                    .filter(Boolean)
                    .join('; ')}
                  bands={queueBands}
                />
                <span className="heat-list__value">{isLost ? NOTHING : formatPercent(level.ratio)}</span>
              </li>
            );
          })}
        </ul>
      </section>
    </div>
  );
}

/** How long callers waited today before they were answered: the half, most and nearly all of them, and on average. */
function Waits({ counts }: { counts: Counts | null }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const day = siteDay(counts);
  const { answered = 0, waitUnseen = 0, waitMsSum = 0 } = day?.counters ?? {};
  const asaMs = answered > waitUnseen ? waitMsSum / (answered - waitUnseen) : null;
  const shown = (ms: number | null | undefined) => (isWithheld || ms == null ? NOTHING : formatDuration(ms));
  return (
    <span className="day__waits quiet">
      {t('metric.waits')} P50 <b>{shown(day?.waitP50Ms)}</b> P80 <b>{shown(day?.waitP80Ms)}</b> P95{' '}
      <b>{shown(day?.waitP95Ms)}</b> {t('metric.asa')} <b>{shown(asaMs)}</b>
    </span>
  );
}

/** The queues with most calls today, in their usual order. */
function busiest(states: readonly QueueState[], rows: number): readonly QueueState[] {
  const chosen = new Set([...states].sort(byOffered).slice(0, rows));
  return states.filter((state) => chosen.has(state));
}

export function heatCells(counts: Counts | null, { queue }: QueueState, starts: readonly number[]): HeatCell[] {
  const level = SERVICE_LEVELS[queue.serviceLevel];
  return starts.map((startAt) => {
    const counters = counts?.interval(queue.id, startAt);
    const ratio = counters ? level(counters) : null;
    return { startAt, ratio, severity: serviceLevelSeverity(ratio, counters?.offered ?? 0, queue.targetRatio) };
  });
}

export function stateParts(site: SiteView, t: TFunction): StatePart[] {
  const counts = {
    talking: site.talking,
    holding: site.holding,
    ringing: site.ringing,
    afterCallWork: site.afterCallWork,
    free: site.free,
    internalCall: site.internalCalls,
    onBreak: site.onBreak,
  };
  const parts = (Object.keys(counts) as (keyof typeof counts)[]).map((state) => ({
    state,
    label: state === 'onBreak' ? t('wall.resting') : t(`agentState.${state}`),
    count: counts[state],
  }));
  return parts;
}
