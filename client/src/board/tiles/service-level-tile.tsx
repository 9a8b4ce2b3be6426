import { arc } from 'd3';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tile } from '../../../../shared/board.ts';
import { formatPercent, NOTHING } from '../../i18n/format.ts';
import { Change } from '../../ui/change.tsx';
import { Figure, LastKnown, useTrust } from '../../ui/trust.tsx';
import { thresholdSeconds } from '../board-model.ts';
import { type BoardData, dayRatio, type ScopeView } from '../tile-scope.ts';
import { Scoped } from './scoped.tsx';
import { TileLabel } from './tile-label.tsx';

type Settings = Extract<Tile, { kind: 'serviceLevel' }>['settings'];

/** The last half hour on a dial with its target, and the day below it. */
export function ServiceLevelTile({ settings, data }: { settings: Settings; data: BoardData }): ReactNode {
  const { t } = useTranslation();
  return (
    <Scoped scope={settings.scope} data={data} label={t('metric.serviceLevelShort')}>
      {(view) => <Level view={view} />}
    </Scoped>
  );
}

function Level({ view }: { view: ScopeView }): ReactNode {
  const { t } = useTranslation();
  const { isWithheld } = useTrust();
  const { level, service, states, variant, targetRatio } = view;
  const severity = isWithheld ? 'unjudged' : service;
  const seconds = thresholdSeconds(states);
  const percent = level.ratio === null ? NOTHING : String(Math.round(level.ratio * 100));
  const points = (size: number) => t('change.points', { value: Math.round(size * 100) });
  return (
    <>
      <TileLabel
        text={seconds === null ? t('metric.serviceLevelMixed') : t('metric.serviceLevel', { seconds })}
        of={view.name}
        severity={severity}
      />
      <div className="dial" data-severity={severity}>
        <Dial ratio={isWithheld ? null : level.ratio} target={targetRatio} />
        <p className="dial__value">
          <Figure unit="%">{percent}</Figure>
        </p>
      </div>
      <div className="tile__note dial__note quiet">
        {isWithheld ? (
          <LastKnown value={formatPercent(level.ratio)} />
        ) : (
          <>
            <span title={t(`level.formula.${variant}`)}>
              {t('metric.lastHalfHour')} · {t(`level.name.${variant}`)}
            </span>
            <Change value={level.change === null ? null : Math.round(level.change * 100) / 100} text={points} />
            <span className="dial__today">
              {t('metric.today')} <b>{formatPercent(dayRatio(view))}</b> ·{' '}
              {t('target.atLeast', { value: formatPercent(targetRatio) })}
            </span>
          </>
        )}
      </div>
    </>
  );
}

const HALF = Math.PI / 2;
const angle = (ratio: number): number => -HALF + Math.min(1, Math.max(0, ratio)) * Math.PI;
const bow = (from: number, to: number, inner = 41, outer = 49): string =>
  arc()({ startAngle: from, endAngle: to, innerRadius: inner, outerRadius: outer }) ?? '';

function Dial({ ratio, target }: { ratio: number | null; target: number }): ReactNode {
  return (
    <svg className="dial__drawing" viewBox="-50 -51 100 53" aria-hidden="true">
      <path className="dial__track" d={bow(-HALF, HALF)} />
      {ratio !== null && <path className="dial__reached" d={bow(-HALF, angle(ratio))} />}
      <path className="dial__target" d={bow(angle(target) - 0.012, angle(target) + 0.012, 38, 51)} />
    </svg>
  );
}
