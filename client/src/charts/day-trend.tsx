import { area, curveMonotoneX, line, max, scaleLinear } from 'd3';
import { type ReactNode, useRef } from 'react';
import { INTERVAL_MS } from '../../../shared/time.ts';
import { GapBands, useGapWords } from './gap-bands.tsx';
import { type GapBand, NO_BANDS } from './gaps.ts';
import { type Size, useSize } from './use-size.ts';

export interface DayPoint {
  readonly startAt: number;
  readonly offered: number;
  readonly answered: number;
}

export interface DayTrendProps {
  readonly points: readonly DayPoint[];
  readonly words: {
    readonly offered: string;
    readonly answered: string;
    readonly summary: string;
    /** Instead of a drawing that has too little to show. */
    readonly few: string;
  };
  /** How a count is written beside its curve. */
  readonly shown: (count: number) => string;
  readonly hour: (at: number) => string;
  /** Gaps of the time that `daySpan` of the points tells. */
  readonly bands?: readonly GapBand[];
}

/** The time that the drawing covers; a young day has room for two hours. */
export function daySpan(points: readonly { readonly startAt: number }[]): { startAt: number; endAt: number } {
  const startAt = points[0]?.startAt ?? 0;
  return { startAt, endAt: Math.max(points.at(-1)?.startAt ?? 0, startAt + 8 * INTERVAL_MS) };
}

/**
 * Offered and answered per quarter hour. Answered is a body, offered a line above it: what lies between was lost. The
 * running quarter is incomplete by nature: hollow dots, no line that would seem to fall.
 */
export function DayTrend(props: DayTrendProps): ReactNode {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height, em } = useSize(frame);
  const gaps = useGapWords()(props.bands ?? NO_BANDS);
  const summary = [props.words.summary, gaps].filter(Boolean).join('; ');
  return (
    <div className="chart" ref={frame}>
      {props.points.length < 2 && <p className="chart__few">{props.words.few}</p>}
      {width > 0 &&
        props.points.length > 1 &&
        drawing({ ...props, words: { ...props.words, summary } }, { width, height, em })}
    </div>
  );
}

function drawing(
  { points, words, hour, shown, bands = NO_BANDS }: DayTrendProps,
  { width, height, em }: Size,
): ReactNode {
  const box = {
    left: em * 2.4,
    right: width - em * (widthInEm(words) + 1.2),
    top: em * 0.9,
    bottom: height - em * 1.7,
  };
  const { startAt, endAt } = daySpan(points);
  const x = scaleLinear([startAt, endAt], [box.left, box.right]);
  const y = scaleLinear([0, Math.max(8, max(points, (p) => p.offered) ?? 0)], [box.bottom, box.top]).nice(4);
  const closed = points.slice(0, -1);
  const offered = line<DayPoint>(
    (p) => x(p.startAt),
    (p) => y(p.offered),
  ).curve(curveMonotoneX);
  const answered = line<DayPoint>(
    (p) => x(p.startAt),
    (p) => y(p.answered),
  ).curve(curveMonotoneX);
  const body = area<DayPoint>(
    (p) => x(p.startAt),
    box.bottom,
    (p) => y(p.answered),
  ).curve(curveMonotoneX);
  const running = points.at(-1);
  const end = closed.at(-1) ?? points[0];
  if (!end) return null;
  const [offeredLabel, answeredLabel] = spread(y(end.offered), y(end.answered), em * 1.35);
  // The quarter that both numbers belong to: below them, or above where the axis is too near.
  const below = answeredLabel + em * 1.4;
  const quarterLabel = below < box.bottom ? below : offeredLabel - em * 1.5;
  const hours = points.filter((p) => p.startAt % 3_600_000 === 0);
  const every = Math.max(1, Math.ceil((hours.length * em * 4) / Math.max(1, box.right - box.left)));
  const frame = { left: box.left, width: box.right - box.left, top: box.top, height: box.bottom - box.top };
  return (
    <>
      <span className="chart__gaps" style={frame}>
        <GapBands bands={bands} widthPx={frame.width} emPx={em} />
      </span>
      <svg width={width} height={height} role="img" aria-label={words.summary} fontSize={em}>
        {y.ticks(4).map((tick) => (
          <g key={tick}>
            <line className="chart__grid" x1={box.left} x2={box.right} y1={y(tick)} y2={y(tick)} />
            <text className="chart__axis" x={box.left - em * 0.6} y={y(tick)} dy="0.35em" textAnchor="end">
              {tick}
            </text>
          </g>
        ))}
        {hours.map(({ startAt }, i) =>
          i % every === 0 ? (
            <text key={startAt} className="chart__axis" x={x(startAt)} y={height - em * 0.3} textAnchor="middle">
              {hour(startAt)}
            </text>
          ) : null,
        )}
        <path className="chart__body" d={body(closed) ?? ''} />
        <path className="chart__answered" d={answered(closed) ?? ''} />
        <path className="chart__offered" d={offered(closed) ?? ''} />
        {running && (
          <Running x={x(running.startAt)} offered={y(running.offered)} answered={y(running.answered)} em={em} />
        )}
        <circle className="chart__dot-offered" cx={x(end.startAt)} cy={y(end.offered)} r={em * 0.22} />
        <circle className="chart__dot-answered" cx={x(end.startAt)} cy={y(end.answered)} r={em * 0.22} />
        <text className="chart__label" x={box.right + em * 0.8} y={offeredLabel} dy="0.35em">
          {words.offered} <tspan className="chart__value">{shown(end.offered)}</tspan>
        </text>
        <text className="chart__label chart__label--answered" x={box.right + em * 0.8} y={answeredLabel} dy="0.35em">
          {words.answered} <tspan className="chart__value">{shown(end.answered)}</tspan>
        </text>
        <text className="chart__quarter" x={box.right + em * 0.8} y={quarterLabel} dy="0.35em">
          {hour(end.startAt)}
        </text>
      </svg>
    </>
  );
}

/** Two hollow dots; one in the other when they would run into each other. */
function Running({
  x,
  offered,
  answered,
  em,
}: {
  x: number;
  offered: number;
  answered: number;
  em: number;
}): ReactNode {
  const isOne = Math.abs(answered - offered) < em * 0.6;
  return (
    <>
      <circle className="chart__running-offered" cx={x} cy={offered} r={em * (isOne ? 0.3 : 0.22)} />
      {isOne ? (
        <circle className="chart__dot-answered" cx={x} cy={offered} r={em * 0.12} />
      ) : (
        <circle className="chart__running-answered" cx={x} cy={answered} r={em * 0.22} />
      )}
    </>
  );
}

/** Room for the longer label and a number of four digits beside it; a Chinese character is an em, a letter half of one. */
function widthInEm({ offered, answered }: DayTrendProps['words']): number {
  const widths = [offered, answered].map((word) =>
    [...word].reduce((sum, char) => sum + (char > '\u2e80' ? 1 : 0.6), 0),
  );
  return Math.max(...widths) + 3.4;
}

/** Keeps two labels apart without moving them further than needed. */
function spread(upper: number, lower: number, least: number): readonly [number, number] {
  const missing = least - (lower - upper);
  return missing > 0 ? [upper - missing / 2, lower + missing / 2] : [upper, lower];
}
