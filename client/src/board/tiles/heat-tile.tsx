import { type CSSProperties, type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tile } from '../../../../shared/board.ts';
import { INTERVAL_MS, intervalStart } from '../../../../shared/time.ts';
import { GapLegend, useGapWords } from '../../charts/gap-bands.tsx';
import { HeatStrip } from '../../charts/heat-strip.tsx';
import { bandsOf } from '../../charts/use-gap-bands.ts';
import { formatPercent } from '../../i18n/format.ts';
import { Given } from '../../ui/given.tsx';
import { Figure, QueueTrust, useTrust } from '../../ui/trust.tsx';
import { commonVariant, dayIntervals, type QueueState } from '../board-model.ts';
import { heatCells } from '../day-page.tsx';
import { busiestIds, rowsOf } from '../tile-queues.ts';
import type { BoardData } from '../tile-scope.ts';
import { TileLabel } from './tile-label.tsx';

type Settings = Extract<Tile, { kind: 'heat' }>['settings'];

/** Where in the day which queue had trouble. */
export function HeatTile({ settings, data }: { settings: Settings; data: BoardData }): ReactNode {
  const { t } = useTranslation();
  const { tables, states, now, urgent } = data;
  const held = useRef<{ readonly key: string; readonly busiest: readonly string[] }>({ key: '', busiest: [] });
  const key = `${intervalStart(now)} ${states.length} ${tables.counts !== null} ${settings.queues?.join()}`;
  if (held.current.key !== key) held.current = { key, busiest: busiestIds(states, settings.queues) };
  const shown = rowsOf(states, settings.queues, { rows: settings.rows, busiest: held.current.busiest, urgent });
  const starts = tables.site && tables.counts ? dayIntervals(tables.site, tables.counts, now) : [];
  const span = [starts[0] ?? now, (starts.at(-1) ?? now) + INTERVAL_MS] as const;
  return (
    <div className="tile-heat" style={{ '--rows': settings.rows } as CSSProperties}>
      <TileLabel text={t('wall.heat', { metric: t('metric.serviceLevelShort') })}>
        <span className="quiet">{t(`level.name.${commonVariant(shown)}`)}</span>
        <GapLegend bands={bandsOf(tables.counts, [], ...span, now)} />
      </TileLabel>
      <ul className="tile-heat__list">
        {shown.map((state) => (
          <QueueTrust key={state.queue.id} sources={state.queue.sources}>
            <Row state={state} starts={starts} span={span} data={data} />
          </QueueTrust>
        ))}
      </ul>
      {shown.length === 0 && tables.site !== null && <p className="quiet">{t('shown.noQueues')}</p>}
    </div>
  );
}

function Row({
  state,
  starts,
  span,
  data: { tables, now },
}: {
  state: QueueState;
  starts: readonly number[];
  span: readonly [number, number];
  data: BoardData;
}): ReactNode {
  const { t } = useTranslation();
  const gapWords = useGapWords();
  const { isWithheld } = useTrust();
  const { queue, level, service } = state;
  const bands = bandsOf(tables.counts, queue.sources, ...span, now);
  const words = [queue.name, t(`level.name.${queue.serviceLevel}`), gapWords(bands)];
  return (
    <li className="tile-heat__row" data-withheld={isWithheld}>
      <Given text={queue.name} className="tile-heat__name" />
      <HeatStrip
        cells={heatCells(tables.counts, state, starts)}
        target={queue.targetRatio}
        label={words.filter(Boolean).join('; ')}
        bands={bands}
      />
      <span className="queues__figure end" data-severity={isWithheld ? 'unjudged' : service}>
        <Figure>{formatPercent(level.ratio)}</Figure>
      </span>
    </li>
  );
}
