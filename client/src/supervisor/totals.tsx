import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SERVICE_LEVEL, SERVICE_LEVELS } from '../../../shared/metric.ts';
import {
  answerRateOf,
  type BoardTables,
  type QueueState,
  siteDay,
  siteJudgement,
  siteLevel,
  thresholdSeconds,
} from '../board/board-model.ts';
import type { Severity } from '../board/severity.ts';
import { formatDuration, formatPercent, NOTHING, useFormat } from '../i18n/format.ts';
import { elapsedMs } from '../live/clock.ts';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { Figure, LastKnown, useTrust } from '../ui/trust.tsx';

/** The whole floor in one line: the three figures the handbook wants always in view, and what they lead to. */
export function Totals({
  tables,
  states,
  now,
  onContacts,
}: {
  tables: BoardTables;
  states: readonly QueueState[];
  now: number;
  /** To the callers behind the number of abandoned calls; null for whoever may not see them. */
  onContacts: (() => void) | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { isWithheld } = useTrust();
  const { site, counts } = tables;
  const level = siteLevel(counts, now);
  const day = siteDay(counts);
  const today = day && SERVICE_LEVELS[DEFAULT_SERVICE_LEVEL](day.counters);
  const answerRate = answerRateOf(day);
  const seconds = thresholdSeconds(states);
  const ofSite = siteJudgement(tables, states, now);
  const oldest = site && site.waiting > 0 ? site.oldestWaitingSince : null;
  const longest = oldest === null ? 0 : elapsedMs(oldest, now);
  const count = (value: number | undefined): string => (value === undefined ? NOTHING : format.count(value));
  const judged = (severity: Severity): Severity => (isWithheld || !site ? 'unjudged' : severity);
  const share = (value: number | undefined) =>
    t('target.share', {
      value: site && value !== undefined && site.signedIn > 0 ? formatPercent(value / site.signedIn) : NOTHING,
    });

  return (
    <section className="totals" aria-label={t('floor.totals')}>
      <Total
        label={t('metric.waiting')}
        value={count(site?.waiting)}
        severity={judged(ofSite.wait)}
        note={[
          `${t('metric.longestWait')} ${site ? formatDuration(longest) : NOTHING}`,
          site && site.overdue > 0 ? t('metric.overdue', { count: site.overdue }) : '',
        ]}
      />
      <Total
        label={t('metric.canTake')}
        value={count(site?.free)}
        severity={judged(ofSite.free)}
        note={[
          `${t('metric.signedIn')} ${count(site?.signedIn)}`,
          site?.freeSince == null
            ? ''
            : t('metric.longestFree', { value: formatDuration(elapsedMs(site.freeSince, now)) }),
        ]}
      />
      <Total
        label={t('metric.onBreak')}
        value={count(site?.onBreak)}
        severity={judged(ofSite.onBreak)}
        note={[share(site?.onBreak)]}
      />
      <Total
        label={t('metric.internalCalls')}
        value={count(site?.internalCalls)}
        severity={judged(ofSite.internalCalls)}
        note={[share(site?.internalCalls)]}
      />
      <Total
        label={seconds === null ? t('metric.serviceLevelMixed') : t('metric.serviceLevel', { seconds })}
        hint={t(`level.formula.${DEFAULT_SERVICE_LEVEL}`)}
        value={formatPercent(level.ratio)}
        severity={judged(ofSite.serviceLevel)}
        note={[
          t(`level.name.${DEFAULT_SERVICE_LEVEL}`),
          t('metric.halfHour'),
          `${t('metric.today')} ${isWithheld ? NOTHING : formatPercent(today)}`,
        ]}
      />
      <Total
        label={t('metric.answerRate')}
        value={formatPercent(answerRate, 1)}
        severity={judged(ofSite.answerRate)}
        note={[t('metric.today')]}
      />
      <Total
        label={t('metric.offered')}
        value={count(day?.counters.offered)}
        severity="normal"
        note={[t('metric.today')]}
      />
      <Total
        label={t('metric.answered')}
        value={count(day?.counters.answered)}
        severity="normal"
        note={[t('metric.today')]}
      />
      <Total
        label={t('metric.abandoned')}
        value={count(day?.counters.abandoned)}
        severity="normal"
        note={[t('metric.today')]}
        onOpen={onContacts}
      />
    </section>
  );
}

function Total({
  label,
  value,
  severity,
  note,
  hint,
  onOpen = null,
}: {
  label: string;
  value: string;
  severity: Severity;
  /** Parts of the line below; empty ones are left out. */
  note: readonly string[];
  hint?: string;
  onOpen?: (() => void) | null;
}): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const words = note.filter(Boolean).join(' · ');
  const isOdd = severity === 'watch' || severity === 'warning' || severity === 'critical';
  return (
    <div className="total">
      <h2 className="total__label" title={hint ?? label}>
        {label}
      </h2>
      <p className="total__value judged" data-severity={severity}>
        {onOpen ? (
          <button type="button" className="link" onClick={onOpen} title={t('contacts.behind')}>
            <Figure>{value}</Figure>
          </button>
        ) : (
          <Figure>{value}</Figure>
        )}
        {isOdd && (
          <span className="word" data-severity={severity}>
            <SeverityMark kind={severity} />
            {t(`severity.${severity}`)}
          </span>
        )}
      </p>
      <p className="total__note quiet" title={isWithheld ? undefined : words}>
        {isWithheld ? <LastKnown value={value} isTimed={false} /> : words}
      </p>
    </div>
  );
}
