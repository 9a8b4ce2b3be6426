import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ServiceLevel } from '../../../shared/metric.ts';
import { useGapWords } from '../charts/gap-bands.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import { useHourBands } from '../charts/use-gap-bands.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import { Given } from '../ui/given.tsx';
import { QueueColour } from '../ui/queue-colour.tsx';
import { SeverityTag } from '../ui/severity-mark.tsx';
import { Figure, LastKnown, QueueTrust, useTrust } from '../ui/trust.tsx';
import { commonVariant, type QueueState } from './board-model.ts';

/** One line per queue; only the figure that is out of order takes the colour of its state. */
export function QueuePage({
  states,
  rows,
  total,
}: {
  states: readonly QueueState[];
  rows: number;
  total: number;
}): ReactNode {
  const { t } = useTranslation();
  const variant = commonVariant(states);
  const hasColours = states.some(({ queue }) => queue.colour !== null);
  return (
    <div
      className="queues"
      style={{ gridTemplateRows: `auto repeat(${rows}, minmax(0, 1fr))` }}
      role="table"
      aria-label={t('wall.pageQueues')}
    >
      <div className="queues__row queues__head" role="row">
        <span role="columnheader">
          {t('metric.queue')}
          {total > states.length && ` ${t('wall.ofQueues', { shown: states.length, total })}`}
        </span>
        <span role="columnheader" className="end">
          {t('metric.waiting')}
        </span>
        <span role="columnheader" className="end">
          {t('metric.longestWait')}
        </span>
        <span role="columnheader" className="end" title={t(`level.formula.${variant}`)}>
          {t('metric.serviceLevelShort')}
          <span className="queues__variant">{t(`level.name.${variant}`)}</span>
        </span>
        <span role="columnheader" className="end">
          {t('metric.canTakeShort')}
        </span>
        <span role="columnheader" className="end queues__wide">
          {t('metric.answeredOfOffered')}
        </span>
        <span role="columnheader" className="queues__wide queues__spark">
          {t('metric.lastHour')}
        </span>
      </div>
      {states.length === 0 && <Empty rows={rows} />}
      {states.map((state) => (
        <QueueTrust key={state.queue.id} sources={state.queue.sources}>
          <QueueRow state={state} variant={variant} hasColours={hasColours} />
        </QueueTrust>
      ))}
    </div>
  );
}

/** Before the first data: lines where numbers will be. With data but no queues: a sentence. */
function Empty({ rows }: { rows: number }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  if (!isWithheld) {
    return (
      <div role="row">
        <span role="cell" className="queues__empty">
          {t('floor.noQueues')}
        </span>
      </div>
    );
  }
  return range(rows).map((row) => (
    <div key={row} role="row" className="queues__row">
      <span role="cell" className="queues__name" />
      {['waiting', 'wait', 'level', 'free'].map((cell) => (
        <span key={cell} role="cell" className="queues__figure end">
          <Figure>{NOTHING}</Figure>
        </span>
      ))}
    </div>
  ));
}

const range = (count: number): number[] => [...Array(count).keys()];

/** `variant`: the service level that the heading names. */
function QueueRow({
  state,
  variant,
  hasColours,
}: {
  state: QueueState;
  variant: ServiceLevel;
  hasColours: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { queue, level, day, waitMs, wait, service } = state;
  const bands = useHourBands(queue.sources);
  const gaps = useGapWords()(bands);
  const severity = isWithheld ? 'unjudged' : state.severity;
  const peak = isWithheld ? NOTHING : Math.max(0, ...queue.waitingPeaks);
  return (
    <div className="queues__row" role="row" data-severity={severity} data-withheld={isWithheld}>
      <span role="rowheader" className="queues__name">
        <QueueColour colour={queue.colour} isKept={hasColours} />
        <span className="queues__title">
          <span className="queues__line">
            <Given text={queue.name} />
            <SeverityTag kind={severity} />
            {isWithheld && <LastKnown value={`${queue.waiting}`} />}
          </span>
          {queue.serviceLevel !== variant && (
            <span className="queues__variant quiet">
              {t('level.caption', { name: t(`level.name.${queue.serviceLevel}`) })}
            </span>
          )}
        </span>
      </span>
      <span role="cell" className="queues__figure end" data-label={t('metric.waiting')}>
        <Figure>{String(queue.waiting)}</Figure>
      </span>
      <span
        role="cell"
        className="queues__figure end"
        data-label={t('metric.longestWait')}
        data-severity={isWithheld ? 'unjudged' : wait}
      >
        <Figure isIdle={waitMs === null}>{formatDuration(waitMs ?? 0)}</Figure>
      </span>
      <span
        role="cell"
        className="queues__figure end"
        data-label={t('metric.serviceLevelShort')}
        data-severity={isWithheld ? 'unjudged' : service}
      >
        <Figure>{formatPercent(level.ratio)}</Figure>
      </span>
      <span role="cell" className="queues__figure end" data-label={t('metric.canTakeShort')}>
        <Figure>{String(queue.free)}</Figure>
      </span>
      <span role="cell" className="queues__pair queues__wide end">
        <Figure>{day ? String(day.counters.answered) : NOTHING}</Figure>
        <span className="quiet"> / {isWithheld || !day ? <Figure>{NOTHING}</Figure> : day.counters.offered}</span>
      </span>
      <span role="cell" className="queues__wide queues__spark">
        <Sparkline
          values={queue.waitingPeaks}
          label={[`${t('metric.lastHour')} ${peak}`, gaps].filter(Boolean).join('; ')}
          bands={bands}
        />
        <span className="queues__peak quiet">{isWithheld ? <Figure>{NOTHING}</Figure> : peak}</span>
      </span>
    </div>
  );
}
