import type { TFunction } from 'i18next';
import type { CSSProperties, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Board, Metric, Tile } from '../../../../shared/board.ts';
import { isShown } from '../../../../shared/board-grid.ts';
import { formatDuration, formatPercent, NOTHING } from '../../i18n/format.ts';
import { Change } from '../../ui/change.tsx';
import { Figure, LastKnown, useTrust } from '../../ui/trust.tsx';
import { thresholdSeconds } from '../board-model.ts';
import { metricText } from '../metric-text.ts';
import { DEFAULT_LIMITS } from '../severity.ts';
import { type BoardData, figureKey, judge, type Scope, type ScopeView } from '../tile-scope.ts';
import { Scoped } from './scoped.tsx';
import { TileLabel } from './tile-label.tsx';

type Settings = Extract<Tile, { kind: 'number' }>['settings'];

export function NumberTile({
  settings: { metric, scope, hasTarget },
  profile,
  data,
}: {
  settings: Settings;
  profile: Board['profile'];
  data: BoardData;
}): ReactNode {
  const { t } = useTranslation();
  const label = metricText(t, metric);
  if (!isShown(profile, metric)) {
    return (
      <>
        <TileLabel text={label} />
        <p className="tile__hidden quiet">{t('shown.hidden')}</p>
      </>
    );
  }
  return (
    <Scoped scope={scope} data={data} label={label}>
      {(view) => <Told metric={metric} scope={scope} hasTarget={hasTarget} view={view} data={data} />}
    </Scoped>
  );
}

interface ToldProps {
  readonly metric: Metric;
  readonly scope: Scope;
  readonly hasTarget: boolean;
  readonly view: ScopeView;
  readonly data: BoardData;
}

function Told({ metric, scope, hasTarget, view, data }: ToldProps): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { value, severity: judged } = judge(metric, view);
  const severity = isWithheld ? 'unjudged' : judged;
  const { text, unit } = shownValue(metric, value);
  const isIdle = metric === 'longestWait' && view.waitMs === null;
  const target = hasTarget ? targetOf(metric, view, t) : null;
  const period = PERIOD[metric];
  // The end is cut off where there is no room.
  const notes = [target, period && t(period)].filter(Boolean);
  // Five characters fit the size; longer ones give way.
  const fit = { '--fit': Math.min(1, 5 / (text.length + (unit ? 0.5 : 0))) } as CSSProperties;
  return (
    <>
      <TileLabel text={metricText(t, metric)} of={view.name} severity={severity} />
      <p className="tile__value" data-severity={severity} style={fit}>
        <Figure isIdle={isIdle} {...(unit && { unit })}>
          {text}
        </Figure>
      </p>
      <p className="tile__note quiet">
        {isWithheld ? (
          <LastKnown value={`${text}${unit}`} />
        ) : (
          <span className="tile__target">{notes.join(' · ')}</span>
        )}
        {!isWithheld && <Direction metric={metric} scope={scope} value={value} view={view} data={data} />}
      </p>
    </>
  );
}

const PERIOD: Partial<Record<Metric, 'metric.today' | 'metric.lastHalfHour'>> = {
  serviceLevel: 'metric.lastHalfHour',
  ...{ answerRate: 'metric.today', offered: 'metric.today', answered: 'metric.today', abandoned: 'metric.today' },
};

/** Counts of the day only rise and a wait only grows: their direction says nothing. */
const HAS_DIRECTION: readonly Metric[] = ['waiting', 'answerRate', 'free', 'onBreak', 'internalCalls'];

function Direction({ metric, scope, value, view, data }: Omit<ToldProps, 'hasTarget'> & { value: number | null }) {
  const { t } = useTranslation();
  const points = (size: number) => t('change.points', { value: Math.round(size * 100) });
  if (value === null) return null;
  if (metric === 'serviceLevel') {
    const { change } = view.level;
    return <Change value={change === null ? null : Math.round(change * 100) / 100} text={points} />;
  }
  if (!HAS_DIRECTION.includes(metric)) return null;
  const change = data.changeOf(figureKey(metric, scope), value);
  if (metric !== 'answerRate') return <Change value={change} text={String} />;
  return (
    <Change
      value={change === null ? null : Math.round(change * 1000) / 1000}
      text={(size) => t('change.points', { value: (size * 100).toFixed(1) })}
    />
  );
}

function shownValue(metric: Metric, value: number | null): { readonly text: string; readonly unit: string } {
  if (value === null) return { text: NOTHING, unit: '' };
  if (metric === 'longestWait') return { text: formatDuration(value), unit: '' };
  if (metric === 'serviceLevel') return { text: String(Math.round(value * 100)), unit: '%' };
  if (metric === 'answerRate') return { text: (value * 100).toFixed(1), unit: '%' };
  return { text: String(value), unit: '' };
}

function targetOf(metric: Metric, view: ScopeView, t: TFunction): string | null {
  switch (metric) {
    case 'waiting':
    case 'longestWait': {
      const seconds = thresholdSeconds(view.states);
      const target = seconds && t('target.atMost', { value: t('target.seconds', { value: seconds }) });
      return target && metric === 'waiting' ? `${t('metric.longestWait')} ${target}` : target;
    }
    case 'serviceLevel':
      return t('target.atLeast', { value: formatPercent(view.targetRatio) });
    case 'answerRate':
      return t('target.atLeast', { value: formatPercent(DEFAULT_LIMITS.answerRateTarget) });
    case 'free':
      return t('target.none');
    case 'onBreak':
      return shareTarget(DEFAULT_LIMITS.breakShareTarget, view.heads?.onBreak, view, t);
    case 'internalCalls':
      return shareTarget(DEFAULT_LIMITS.internalShareTarget, view.heads?.internalCalls, view, t);
    default:
      return null;
  }
}

function shareTarget(most: number, count: number | undefined, { heads }: ScopeView, t: TFunction): string {
  const share = heads && count !== undefined && heads.signedIn > 0 ? count / heads.signedIn : null;
  const now = t('target.shareShort', { value: formatPercent(share) });
  return `${t('target.atMost', { value: formatPercent(most) })} · ${now}`;
}
