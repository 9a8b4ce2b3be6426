/** The numbers that are always on the wall: two large ones and four beside them, each with its target and direction. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_SERVICE_LEVEL, DEFAULT_TARGET_RATIO, SERVICE_LEVELS } from '../../../shared/metric.ts';
import { formatDuration, formatPercent, NOTHING } from '../i18n/format.ts';
import type { DayView, SiteView } from '../live/rows.ts';
import { Change } from '../ui/change.tsx';
import { SeverityTag } from '../ui/severity-mark.tsx';
import { Figure, LastKnown, useTrust } from '../ui/trust.tsx';
import {
  answerRateOf,
  type BoardTables,
  type QueueState,
  siteDay,
  siteJudgement,
  siteLevel,
  thresholdSeconds,
} from './board-model.ts';
import type { PastValues } from './past-values.ts';
import { DEFAULT_LIMITS, type Severity } from './severity.ts';

export type HeadlineKey = 'waiting' | 'answerRate' | 'free' | 'onBreak' | 'internalCalls';

export const headlineValues = (site: SiteView, day: DayView): Record<HeadlineKey, number> => ({
  waiting: site.waiting,
  answerRate: answerRateOf(day) ?? 0,
  free: site.free,
  onBreak: site.onBreak,
  internalCalls: site.internalCalls,
});

interface HeadlineProps {
  readonly tables: BoardTables;
  readonly states: readonly QueueState[];
  readonly now: number;
  readonly past: PastValues<HeadlineKey>;
  /** Why the figures are withheld; null when they are not. */
  readonly cause: string | null;
}

export function Headline({ tables, states, now, past, cause }: HeadlineProps): ReactNode {
  const { t } = useTranslation();
  const { site, counts } = tables;
  const { isWithheld } = useTrust();
  const limits = DEFAULT_LIMITS;
  const seconds = thresholdSeconds(states);
  const level = siteLevel(counts, now);
  const day = siteDay(counts);
  const today = day && SERVICE_LEVELS[DEFAULT_SERVICE_LEVEL](day.counters);
  const answerRate = answerRateOf(day);
  const waits = states.map(({ waitMs }) => waitMs ?? 0);
  const longest = site && site.waiting > 0 ? Math.max(0, ...waits) : null;
  const ofSite = siteJudgement(tables, states, now);
  const judged = (severity: Severity): Severity => (isWithheld || !site ? 'unjudged' : severity);
  const change = (key: HeadlineKey, value: number) => (isWithheld || !site ? null : past.change(key, now, value));
  const count = String;
  const points = (size: number) => t('change.points', { value: Math.round(size * 100) });
  const share = (value: number) =>
    t('target.shareShort', {
      value: site && site.signedIn > 0 && !isWithheld ? formatPercent(value / site.signedIn) : NOTHING,
    });

  return (
    <section className="headline">
      <div className="hero" data-severity={judged(ofSite.wait)}>
        <Label text={t('metric.waiting')} severity={judged(ofSite.wait)} />
        <p className="hero__value">
          <Figure>{site ? count(site.waiting) : NOTHING}</Figure>
          {site && <Change value={change('waiting', site.waiting)} text={count} />}
        </p>
        <p className="hero__second">
          {isWithheld ? (
            <Withheld value={site ? count(site.waiting) : NOTHING} cause={cause} />
          ) : (
            <>
              <span className="hero__second-value">{site ? formatDuration(longest ?? 0) : NOTHING}</span>
              <span className="hero__notes quiet">
                <span>{t('metric.longestWait')}</span>
                {seconds !== null && (
                  <span>
                    {t('target.atMost', { value: t('target.seconds', { value: seconds }) })}
                    {site && site.overdue > 0 && ` · ${t('metric.overdue', { count: site.overdue })}`}
                  </span>
                )}
              </span>
            </>
          )}
        </p>
      </div>

      <div className="hero" data-severity={judged(ofSite.serviceLevel)}>
        <Label
          text={seconds === null ? t('metric.serviceLevelMixed') : t('metric.serviceLevel', { seconds })}
          severity={judged(ofSite.serviceLevel)}
        />
        <p className="hero__under quiet">
          {t(`level.name.${DEFAULT_SERVICE_LEVEL}`)} · {t('metric.lastHalfHour')}
        </p>
        <p className="hero__value">
          <Figure unit="%">{level.ratio === null ? NOTHING : String(Math.round(level.ratio * 100))}</Figure>
          <Change
            value={isWithheld || level.change === null ? null : Math.round(level.change * 100) / 100}
            text={points}
          />
        </p>
        <p className="hero__second">
          {isWithheld ? (
            <Withheld value={formatPercent(level.ratio)} cause={cause} />
          ) : (
            <>
              <span className="hero__second-value">{formatPercent(today)}</span>
              <span className="hero__notes quiet">
                <span>
                  {t('metric.today')} · {t('target.atLeast', { value: formatPercent(DEFAULT_TARGET_RATIO) })}
                </span>
                <span>{t(`level.formula.${DEFAULT_SERVICE_LEVEL}`)}</span>
              </span>
            </>
          )}
        </p>
      </div>

      <div className="ledger">
        <Entry
          label={t('metric.canTake')}
          value={site ? count(site.free) : NOTHING}
          severity={judged(ofSite.free)}
          change={<Change value={site ? change('free', site.free) : null} text={count} />}
          note={t('target.none')}
        />
        <Entry
          label={t('metric.answerRate')}
          aside={t('metric.today')}
          value={answerRate === null ? NOTHING : (answerRate * 100).toFixed(1)}
          unit="%"
          severity={judged(ofSite.answerRate)}
          change={
            <Change
              value={answerRate === null ? null : roundPoints(change('answerRate', answerRate))}
              text={(size) => t('change.points', { value: (size * 100).toFixed(1) })}
            />
          }
          note={`${t('target.atLeast', { value: formatPercent(limits.answerRateTarget) })} · ${t('metric.abandoned')} ${
            isWithheld || !day ? NOTHING : count(day.counters.abandoned)
          }`}
        />
        <Entry
          label={t('metric.onBreak')}
          value={site ? count(site.onBreak) : NOTHING}
          severity={judged(ofSite.onBreak)}
          change={<Change value={site ? change('onBreak', site.onBreak) : null} text={count} />}
          note={`${t('target.atMost', { value: formatPercent(limits.breakShareTarget) })} · ${share(site?.onBreak ?? 0)}`}
        />
        <Entry
          label={t('metric.internalCalls')}
          value={site ? count(site.internalCalls) : NOTHING}
          severity={judged(ofSite.internalCalls)}
          change={<Change value={site ? change('internalCalls', site.internalCalls) : null} text={count} />}
          note={`${t('target.atMost', { value: formatPercent(limits.internalShareTarget) })} · ${share(site?.internalCalls ?? 0)}`}
        />
      </div>
    </section>
  );
}

const roundPoints = (change: number | null): number | null =>
  change === null ? null : Math.round(change * 1000) / 1000;

function Label({ text, note, severity }: { text: string; note?: string; severity: Severity }): ReactNode {
  return (
    <h2 className="headline__label">
      <span>{text}</span>
      {note && <span className="quiet">{note}</span>}
      <SeverityTag kind={severity} />
    </h2>
  );
}

/** What was last known, and why it is not shown large. */
function Withheld({ value, cause }: { value: string; cause: string | null }): ReactNode {
  return (
    <span className="hero__notes">
      <LastKnown value={value} />
      {cause && <span className="hero__cause">{cause}</span>}
    </span>
  );
}

interface EntryProps {
  readonly label: string;
  readonly aside?: string;
  readonly value: string;
  readonly unit?: string;
  readonly severity: Severity;
  readonly change: ReactNode;
  readonly note: string;
}

function Entry({ label, aside, value, unit, severity, change, note }: EntryProps): ReactNode {
  const { isWithheld } = useTrust();
  return (
    <div className="ledger__entry" data-severity={severity}>
      <Label text={label} severity={severity} {...(aside && { note: aside })} />
      <p className="ledger__value">
        <Figure {...(unit && { unit })}>{value}</Figure>
        {!isWithheld && change}
      </p>
      <p className="ledger__note quiet">{isWithheld ? <LastKnown value={`${value}${unit ?? ''}`} /> : note}</p>
    </div>
  );
}
