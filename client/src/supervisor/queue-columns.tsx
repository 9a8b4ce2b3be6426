import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { addCounters, SERVICE_LEVELS, type ServiceLevel, zeroCounters } from '../../../shared/metric.ts';
import type { QueueState } from '../board/board-model.ts';
import { useGapWords } from '../charts/gap-bands.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import { useHourBands } from '../charts/use-gap-bands.ts';
import { formatPercent, NOTHING } from '../i18n/format.ts';
import type { QueueView } from '../live/rows.ts';
import { Elapsed } from '../ui/elapsed.tsx';
import { Given } from '../ui/given.tsx';
import { QueueColour } from '../ui/queue-colour.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { SuspectMark } from '../ui/suspect-mark.tsx';
import type { GridColumn } from './grid-column.ts';

export interface QueueColumnOptions {
  readonly isWithheld: (state: QueueState) => boolean;
  /** There is room for words in full. */
  readonly isWide: boolean;
  /** The service level that needs no mention in a row. */
  readonly variant: ServiceLevel;
  /** Some queue has a colour of its own. */
  readonly hasColours: boolean;
}

export function queueColumns(
  t: TFunction,
  { isWithheld, isWide, variant, hasColours }: QueueColumnOptions,
): GridColumn<QueueState>[] {
  const shown =
    (cell: (state: QueueState) => ReactNode) =>
    (state: QueueState): ReactNode =>
      isWithheld(state) ? NOTHING : cell(state);
  const added =
    (total: (states: readonly QueueState[]) => ReactNode) =>
    (states: readonly QueueState[]): ReactNode =>
      states.some(isWithheld) ? NOTHING : total(states);
  const sumOf = (of: (state: QueueState) => number) => added((states) => sum(states, of));
  const titleOf = (queue: QueueView): string =>
    [
      t('level.title', {
        metric: t('metric.serviceLevelShort'),
        name: t(`level.name.${queue.serviceLevel}`),
      }),
      t(`level.formula.${queue.serviceLevel}`),
      t('target.atLeast', { value: formatPercent(queue.targetRatio) }),
    ].join(' · ');
  return [
    {
      id: 'name',
      header: t('metric.queue'),
      // People gave the order; names only break its ties.
      value: ({ queue }) => `${String(queue.order ?? 1e6).padStart(7, '0')} ${queue.name}`,
      width: 'minmax(6rem, 1fr)',
      cell: (state) => {
        const { queue, severity } = state;
        const isKnown = !isWithheld(state);
        return (
          <>
            <QueueColour colour={queue.colour} isKept={hasColours} />
            {isKnown && <SeverityMark kind={severity} />}
            <span className="cell__stack">
              <span className="cell__line">
                <Given text={queue.name} />
                {isKnown && severity !== 'normal' && severity !== 'unjudged' && (
                  <span className="word" data-severity={severity}>
                    {t(`severity.${severity}`)}
                  </span>
                )}
                {isKnown && queue.suspects > 0 && <SuspectMark count={queue.suspects} />}
              </span>
              {queue.serviceLevel !== variant && (
                <span className="quiet level__name" title={titleOf(queue)}>
                  {t('level.caption', { name: t(`level.name.${queue.serviceLevel}`) })}
                </span>
              )}
            </span>
          </>
        );
      },
    },
    {
      id: 'waiting',
      header: t('metric.waitingShort'),
      value: ({ queue }) => queue.waiting,
      width: '2.9rem',
      isEnd: true,
      isDescFirst: true,
      cell: (state) => (
        <strong title={t('metric.overdue', { count: state.queue.overdue })}>
          {shown(({ queue }) => queue.waiting)(state)}
        </strong>
      ),
      total: sumOf(({ queue }) => queue.waiting),
    },
    {
      id: 'longest',
      header: t('metric.longestShort'),
      value: ({ queue }) => (queue.waiting > 0 && queue.oldestWaitingSince !== null ? -queue.oldestWaitingSince : null),
      width: '3.3rem',
      isEnd: true,
      isDescFirst: true,
      cell: (state) => (
        <span className="judged" data-severity={isWithheld(state) ? '' : state.wait}>
          {shown(({ queue }) => <Longest since={queue.waiting > 0 ? queue.oldestWaitingSince : null} />)(state)}
        </span>
      ),
      total: added((states) => {
        const since = states.flatMap(({ queue }) => (queue.waiting > 0 ? (queue.oldestWaitingSince ?? []) : []));
        return <Longest since={since.length > 0 ? Math.min(...since) : null} />;
      }),
    },
    {
      id: 'level',
      header: t('metric.serviceLevelPair'),
      hint: t(`level.formula.${variant}`),
      value: ({ level }) => level.ratio,
      width: '6rem',
      isEnd: true,
      cell: (state) => (
        <>
          <span className="judged" data-severity={isWithheld(state) ? '' : state.service} title={titleOf(state.queue)}>
            {shown(({ level }) => formatPercent(level.ratio))(state)}
          </span>
          <span className="quiet pair">{shown(({ dayRatio }) => formatPercent(dayRatio))(state)}</span>
        </>
      ),
      // The day alone: adding up is for counters, and a group has no half hour of its own.
      total: added((states) => {
        const day = zeroCounters();
        for (const state of states) if (state.day) addCounters(day, state.day.counters);
        return <span className="quiet pair">{formatPercent(SERVICE_LEVELS[variant](day))}</span>;
      }),
    },
    {
      id: 'free',
      header: t('metric.canTakeShort'),
      value: ({ queue }) => queue.free,
      width: '2.7rem',
      isEnd: true,
      isDescFirst: true,
      cell: shown(({ queue }) => queue.free),
    },
    {
      id: 'answered',
      header: isWide ? t('metric.answeredOfOffered') : t('metric.answeredOfOfferedShort'),
      value: ({ day }) => day?.counters.offered ?? null,
      width: isWide ? '7.6rem' : '5.2rem',
      isEnd: true,
      isDescFirst: true,
      cell: shown(({ day }) => <Pair answered={day?.counters.answered} offered={day?.counters.offered} />),
      total: added((states) => (
        <Pair
          answered={sum(states, ({ day }) => day?.counters.answered ?? 0)}
          offered={sum(states, ({ day }) => day?.counters.offered ?? 0)}
        />
      )),
    },
    {
      id: 'abandoned',
      header: isWide ? t('metric.abandoned') : t('metric.abandonedShort'),
      value: ({ day }) => day?.counters.abandoned ?? null,
      width: isWide ? '4.4rem' : '2.6rem',
      isEnd: true,
      isDescFirst: true,
      cell: shown(({ day }) => day?.counters.abandoned ?? NOTHING),
      total: sumOf(({ day }) => day?.counters.abandoned ?? 0),
    },
    {
      id: 'spark',
      header: t('metric.lastHourShort'),
      width: isWide ? 'minmax(3rem, 6rem)' : 'minmax(1.5rem, 2.2rem)',
      cell: (state) => <QueueSpark queue={state.queue} isWithheld={isWithheld(state)} />,
    },
  ];
}

const sum = (states: readonly QueueState[], of: (state: QueueState) => number): number =>
  states.reduce((total, state) => total + of(state), 0);

const Longest = ({ since }: { since: number | null }): ReactNode =>
  since === null ? <span className="quiet">0:00</span> : <Elapsed since={since} />;

const Pair = ({ answered, offered }: { answered: number | undefined; offered: number | undefined }): ReactNode => (
  <span>
    {answered ?? NOTHING} <span className="quiet">/ {offered ?? NOTHING}</span>
  </span>
);

function QueueSpark({ queue, isWithheld }: { queue: QueueView; isWithheld: boolean }): ReactNode {
  const { t } = useTranslation();
  const bands = useHourBands(queue.sources);
  const peak = isWithheld ? NOTHING : Math.max(0, ...queue.waitingPeaks);
  const label = [`${t('metric.lastHour')} ${peak}`, useGapWords()(bands)].filter(Boolean).join('; ');
  return (
    <span className="spark-cell" data-withheld={isWithheld}>
      <Sparkline values={queue.waitingPeaks} label={label} bands={bands} />
    </span>
  );
}
