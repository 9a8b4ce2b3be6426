import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { type Counters, ratiosOf, SERVICE_LEVELS } from '../../../shared/metric.ts';
import type { TimeWindow } from '../../../shared/window.ts';
import { QueueActions } from '../acting/agent-actions.tsx';
import type { BoardTables, QueueState } from '../board/board-model.ts';
import { serviceLevelSeverity } from '../board/severity.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import { elapsedMs } from '../live/clock.ts';
import { Given } from '../ui/given.tsx';
import { QueueColour } from '../ui/queue-colour.tsx';
import { SuspectMark } from '../ui/suspect-mark.tsx';
import { useTrust } from '../ui/trust.tsx';
import { DayChart } from './day-chart.tsx';
import { Fact } from './fact.tsx';

const COLUMNS = ['last5', 'last15', 'last30', 'last60', 'interval', 'previousInterval', 'today'] as const satisfies (
  | TimeWindow
  | 'today'
)[];

/** One queue: how its figures are reckoned, its waits, every window of time, its day. */
export function QueueDetail({
  state,
  tables,
  now,
  onContacts,
  onClose,
}: {
  state: QueueState;
  tables: BoardTables;
  now: number;
  /** To the callers behind the number of abandoned calls; null for whoever may not see them. */
  onContacts: (() => void) | null;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { queue, day, thresholdMs } = state;
  const section = useRef<HTMLElement>(null);
  // On a phone it opens below all the queues.
  useEffect(() => {
    section.current?.scrollIntoView?.({ block: 'nearest' });
  }, []);
  const seconds = Math.round(thresholdMs / 1000);
  const unless = (value: string | null | undefined): string => (isWithheld || value == null ? NOTHING : value);
  const duration = (ms: number | null | undefined): string => unless(ms == null ? null : formatDuration(ms));
  const abandoned = unless(day && String(day.counters.abandoned));
  const ratios = day && ratiosOf(day.counters, day);
  return (
    <section className="panel detail" aria-labelledby="detail-title" ref={section}>
      <div className="panel__bar">
        <h2 className="panel__title detail__title" id="detail-title">
          <QueueColour colour={queue.colour} />
          <Given text={queue.name} />
          {queue.group && <Given text={queue.group} className="quiet" />}
          {queue.suspects > 0 && !isWithheld && <SuspectMark count={queue.suspects} />}
        </h2>
        <p className="detail__level" title={t(`level.formula.${queue.serviceLevel}`)}>
          {t('level.title', {
            metric: t('metric.serviceLevel', { seconds }),
            name: t(`level.name.${queue.serviceLevel}`),
          })}
          <span className="quiet">
            {' = '}
            {t(`level.formula.${queue.serviceLevel}`)} ·{' '}
            {t('target.atLeast', { value: formatPercent(queue.targetRatio) })}
          </span>
        </p>
        <QueueActions queue={queue} />
        <button type="button" className="tool" onClick={onClose} aria-keyshortcuts="Escape">
          {t('floor.close')}
        </button>
      </div>
      <dl className="facts">
        <Fact
          name={t('metric.abandoned')}
          value={
            onContacts ? (
              <button type="button" className="link" onClick={onContacts} title={t('contacts.behind')}>
                {abandoned}
              </button>
            ) : (
              abandoned
            )
          }
        />
        <Fact name={t('metric.overdueName')} value={unless(String(queue.overdue))} />
        <Fact
          name={t('metric.longestFreeName')}
          value={duration(queue.freeSince === null ? null : elapsedMs(queue.freeSince, now))}
        />
        <Fact name={t('metric.waitP50')} value={duration(day?.waitP50Ms)} />
        <Fact name={t('metric.waitP80')} value={duration(day?.waitP80Ms)} />
        <Fact name={t('metric.waitP95')} value={duration(day?.waitP95Ms)} />
        <Fact name={t('metric.asa')} value={duration(ratios?.asaMs)} />
        <Fact name={t('metric.longestToday')} value={duration(day?.counters.waitMsMax)} />
        <Fact name={t('metric.aht')} value={duration(ratios?.ahtMs)} />
        <Fact name={t('metric.inAfterCall')} value={unless(String(queue.afterCallWork))} />
        <Fact name={t('agentDay.occupancy')} value={unless(ratios && formatPercent(ratios.occupancy))} />
      </dl>
      <WindowTable state={state} tables={tables} now={now} />
      <div className="panel--trend" data-withheld={isWithheld}>
        <DayChart tables={tables} queue={queue.id} sources={queue.sources} now={now} />
      </div>
    </section>
  );
}

/** The same five figures over every window of time. */
function WindowTable({ state, tables, now }: { state: QueueState; tables: BoardTables; now: number }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { queue, day } = state;
  const { counts } = tables;
  const windows = COLUMNS.map((window): { window: (typeof COLUMNS)[number]; counters: Readonly<Counters> | null } => ({
    window,
    counters: window === 'today' ? (day?.counters ?? null) : (counts?.window(queue.id, now, window) ?? null),
  }));
  const level = (counters: Readonly<Counters>) => SERVICE_LEVELS[queue.serviceLevel](counters);
  const asaMs = (counters: Readonly<Counters>) => ratiosOf(counters, { onContactMs: 0, idleMs: 0 }).asaMs;
  const rows: [name: string, text: (counters: Readonly<Counters>) => string][] = [
    [t('metric.offered'), ({ offered }) => String(offered)],
    [t('metric.answered'), ({ answered }) => String(answered)],
    [t('metric.abandoned'), ({ abandoned }) => String(abandoned)],
    [t('metric.asa'), (counters) => durationOr(asaMs(counters))],
  ];
  return (
    <table className="windows">
      <thead>
        <tr>
          <td />
          {COLUMNS.map((window) => (
            <th key={window} scope="col">
              {t(`window.${window}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <th scope="row">{t('metric.serviceLevelShort')}</th>
          {windows.map(({ window, counters }) => {
            const ratio = counters && level(counters);
            const severity = serviceLevelSeverity(ratio, counters?.offered ?? 0, queue.targetRatio);
            return (
              <td key={window} className="judged" data-severity={isWithheld ? '' : severity}>
                {isWithheld ? NOTHING : formatPercent(ratio)}
              </td>
            );
          })}
        </tr>
        {rows.map(([name, text]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {windows.map(({ window, counters }) => (
              <td key={window}>{isWithheld || !counters ? NOTHING : text(counters)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const durationOr = (ms: number | null): string => (ms === null ? NOTHING : formatDuration(ms));
