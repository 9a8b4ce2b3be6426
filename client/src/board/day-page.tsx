import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type DayPoint, DayTrend } from '../charts/day-trend.tsx';
import { type HeatCell, HeatStrip } from '../charts/heat-strip.tsx';
import { StateBar, type StatePart } from '../charts/state-bar.tsx';
import { formatPercent, NOTHING, useFormat } from '../i18n/format.ts';
import type { SiteView } from '../live/rows.ts';
import { Given } from '../ui/given.tsx';
import { useTrust } from '../ui/trust.tsx';
import { type BoardTables, dayIntervals, type QueueState } from './board-model.ts';
import { EVERY_QUEUE, serviceLevelOf } from './rolling.ts';
import { DEFAULT_LIMITS, serviceLevelSeverity } from './severity.ts';

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
  const format = useFormat();
  const { isWithheld } = useTrust();
  const { site, trend } = tables;
  const starts = useMemo(() => (site ? dayIntervals(site, trend, now) : []), [site, trend, now]);
  const points: DayPoint[] = starts.map((startAt) => {
    const counters = trend.at(EVERY_QUEUE, startAt);
    return { startAt, offered: counters?.offered ?? 0, answered: counters?.answered ?? 0 };
  });
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
      <section className="day__trend">
        <h2 className="day__title">{t('wall.trendOfDay')}</h2>
        <DayTrend
          points={points}
          hour={format.timeShort}
          words={{
            offered: t('metric.offered'),
            answered: t('metric.answered'),
            summary: t('wall.trendOfDay'),
            few: t('wall.trendFew'),
          }}
          shown={(count) => (isWithheld ? NOTHING : String(count))}
        />
      </section>
      <section className="day__heat">
        <h2 className="day__title">
          {t('wall.heat', { metric: t('metric.serviceLevelShort') })}
          <span className="quiet">
            {t('target.atLeast', { value: formatPercent(DEFAULT_LIMITS.serviceLevelTarget) })}
          </span>
        </h2>
        <ul className="heat-list">
          {busiest(states, rows).map(({ queue, level }) => (
            <li key={queue.id} className="heat-list__row">
              <Given text={queue.name} />
              <HeatStrip
                cells={heatCells(tables, queue.id, starts)}
                target={DEFAULT_LIMITS.serviceLevelTarget}
                label={queue.name}
              />
              <span className="heat-list__value">{isWithheld ? NOTHING : formatPercent(level.ratio)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** The queues with most calls today, in their usual order. */
function busiest(states: readonly QueueState[], rows: number): readonly QueueState[] {
  const chosen = new Set([...states].sort((a, b) => b.queue.today.offered - a.queue.today.offered).slice(0, rows));
  return states.filter((state) => chosen.has(state));
}

function heatCells({ trend }: BoardTables, queue: string, starts: readonly number[]): HeatCell[] {
  return starts.map((startAt) => {
    const counters = trend.at(queue, startAt);
    const sum = trend.interval(queue, startAt);
    const ratio = counters ? serviceLevelOf(sum) : null;
    // A quarter hour of one queue is a small sample; half the usual minimum lets the day's shape show.
    const severity = serviceLevelSeverity(ratio, sum.offered * 2);
    return { startAt, ratio, severity };
  });
}

function stateParts(site: SiteView, t: ReturnType<typeof useTranslation>['t']): StatePart[] {
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
