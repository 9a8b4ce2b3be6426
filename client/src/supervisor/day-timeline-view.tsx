import { scaleLinear } from 'd3';
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { GapBands, GapLegend } from '../charts/gap-bands.tsx';
import { type GapBand, gapBands } from '../charts/gaps.ts';
import { useSize } from '../charts/use-size.ts';
import { formatDuration, useFormat } from '../i18n/format.ts';
import { AGENT_STATES } from './agent-state.ts';
import { useCallWords } from './call-words.ts';
import {
  axisOf,
  type DayContact,
  moved,
  type Span,
  type StateBar,
  showing,
  tickAt,
  workOf,
  zoomed,
} from './day-timeline.ts';
import { StateLegend } from './state-legend.tsx';
import { StatePatterns, StateShape } from './state-pattern.tsx';

const TICKS_HEIGHT = 24;
const LANE_HEIGHT = 56;
const AXIS_HEIGHT = 22;
const LANE_TOP = TICKS_HEIGHT + 4;
const HEIGHT = LANE_TOP + LANE_HEIGHT + AXIS_HEIGHT;
const PX_PER_MARK = 72;
const CLOSER = 0.6;
const DRAG_PX = 4;

interface DayTimelineProps {
  readonly day: Span;
  readonly bars: readonly StateBar[];
  readonly contacts: readonly DayContact[];
  readonly gaps: Parameters<typeof gapBands>[0];
  /** Sources whose gaps concern the agent; none: every source. */
  readonly sources: readonly string[];
  /** Site time, where the day is not over. */
  readonly now: number | null;
  readonly unwrittenSince: number | null;
  readonly queueName: (id: string) => string;
  readonly picked: string | null;
  readonly onPick: (contact: string | null) => void;
}

/**
 * The lane of states and the calls above it. Arrows go from call to call, + and - and the wheel come closer, 0 shows the
 * working time, Shift with arrows moves.
 */
export function DayTimeline(props: DayTimelineProps): ReactNode {
  const { day, bars, contacts, gaps, sources, now, unwrittenSince, queueName, picked, onPick } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const callWords = useCallWords(queueName);
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const { width, em } = useSize(frame);
  const [chosen, setChosen] = useState<Span | null>(null);
  const [hovered, setHovered] = useState<string | null>(null);
  const drag = useRef<{ readonly x: number; readonly view: Span; isMoving: boolean } | null>(null);
  const view = chosen ?? workOf(day, bars, contacts);
  const length = view.endAt - view.startAt;
  const x = scaleLinear([view.startAt, view.endAt], [0, width]);
  const shown = contacts.filter((contact) => tickAt(contact) >= view.startAt && tickAt(contact) <= view.endAt);
  const call = contacts.find((contact) => contact.id === picked);
  const bands: readonly GapBand[] = gapBands(gaps, sources, { ...view, now: now ?? view.endAt });
  const states = AGENT_STATES.filter((state) => bars.some((bar) => bar.state === state));

  const zoom = (factor: number, at = call ? tickAt(call) : view.startAt + length / 2): void =>
    setChosen(zoomed(view, day, factor, at));
  const pick = (contact: DayContact | undefined): void => {
    if (!contact) return;
    onPick(contact.id);
    const next = showing(view, day, tickAt(contact));
    if (next !== view) setChosen(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const run = keyOf(event);
    if (!run) return;
    event.preventDefault();
    run();
  };
  const keyOf = ({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): (() => void) | undefined => {
    if (ctrlKey || metaKey || altKey) return undefined;
    const at = contacts.findIndex((contact) => contact.id === picked);
    if (shiftKey && key === 'ArrowRight') return () => setChosen(moved(view, day, length / 4));
    if (shiftKey && key === 'ArrowLeft') return () => setChosen(moved(view, day, -length / 4));
    switch (key) {
      case 'ArrowRight':
        return () => pick(contacts[at === -1 ? 0 : Math.min(at + 1, contacts.length - 1)]);
      case 'ArrowLeft':
        return () => pick(contacts[at === -1 ? contacts.length - 1 : Math.max(at - 1, 0)]);
      case 'Home':
        return () => pick(contacts[0]);
      case 'End':
        return () => pick(contacts.at(-1));
      case '+':
      case '=':
        return () => zoom(CLOSER);
      case '-':
        return () => zoom(1 / CLOSER);
      case '0':
        return () => setChosen(null);
      default:
        return undefined;
    }
  };

  const timeAt = (clientX: number): number => x.invert(clientX - (frame.current?.getBoundingClientRect().left ?? 0));
  const onWheel = useEffectEvent((event: WheelEvent): void => {
    const isAcross = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const isWhole = length >= day.endAt - day.startAt;
    // Further out there is nothing: the sheet scrolls on.
    if (isWhole && (isAcross || event.deltaY > 0)) return;
    event.preventDefault();
    if (isAcross) setChosen(moved(view, day, ((event.deltaX || event.deltaY) / width) * length));
    else zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * 0.004), timeAt(event.clientX));
  });
  useEffect(() => {
    const element = frame.current;
    // React listens to wheels without a say in whether the page scrolls.
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, []);
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const at = timeAt(event.clientX);
    const from = drag.current;
    if (from && event.buttons === 1) {
      const byPx = from.x - event.clientX;
      if (!from.isMoving && Math.abs(byPx) < DRAG_PX) return;
      from.isMoving = true;
      event.currentTarget.setPointerCapture(event.pointerId);
      setChosen(moved(from.view, day, (byPx / width) * (from.view.endAt - from.view.startAt)));
      return;
    }
    const bar = bars.find(({ startAt, endAt }) => at >= startAt && at < endAt);
    setHovered(bar ? barText(bar) : null);
  };
  const barText = ({ state, reason, startAt, endAt }: StateBar): string =>
    [
      `${format.time(startAt)}–${format.time(endAt)}`,
      [t(`agentState.${state}`), reason].filter(Boolean).join(' '),
      formatDuration(endAt - startAt),
    ].join(' · ');
  const read = hovered ?? (call ? callWords(call) : null);
  const summary = t('drawer.timelineOf', {
    from: format.timeShort(view.startAt),
    to: format.timeShort(view.endAt),
    calls: contacts.length,
  });

  return (
    <div className="timeline">
      <div className="timeline__bar">
        <h3 className="timeline__title">{t('drawer.timeline')}</h3>
        <GapLegend bands={bands} />
        <span className="timeline__tools">
          <button type="button" className="tool" aria-label={t('drawer.zoomOut')} onClick={() => zoom(1 / CLOSER)}>
            −
          </button>
          <button type="button" className="tool" aria-label={t('drawer.zoomIn')} onClick={() => zoom(CLOSER)}>
            +
          </button>
          <button type="button" className="tool" onClick={() => setChosen(null)} disabled={chosen === null}>
            {t('drawer.fit')}
          </button>
        </span>
      </div>
      <div
        className="timeline__frame"
        ref={frame}
        style={{ height: HEIGHT }}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, view, isMoving: false };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          drag.current = null;
        }}
        onPointerLeave={() => setHovered(null)}
      >
        {width > 0 && (
          <>
            <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
              <StatePatterns states={states}>
                {axisOf(view, day, Math.max(2, Math.floor(width / PX_PER_MARK))).map((at) => (
                  <g key={at}>
                    <line className="chart__grid" x1={x(at)} x2={x(at)} y1={0} y2={LANE_TOP + LANE_HEIGHT} />
                    <text
                      className="chart__axis"
                      x={x(at)}
                      y={HEIGHT - 5}
                      textAnchor={x(at) < 20 ? 'start' : x(at) > width - 20 ? 'end' : 'middle'}
                    >
                      {format.timeShort(at)}
                    </text>
                  </g>
                ))}
                {bars
                  .filter(({ startAt, endAt }) => endAt > view.startAt && startAt < view.endAt)
                  .map(({ state, startAt, endAt }) => (
                    <StateShape
                      key={startAt}
                      state={state}
                      x={Math.max(0, x(startAt))}
                      width={Math.min(width, x(endAt)) - Math.max(0, x(startAt))}
                      top={LANE_TOP}
                      height={LANE_HEIGHT}
                    />
                  ))}
                <line
                  className="timeline__foot"
                  x1={0}
                  x2={width}
                  y1={LANE_TOP + LANE_HEIGHT}
                  y2={LANE_TOP + LANE_HEIGHT}
                />
                {now !== null && now >= view.startAt && now <= view.endAt && (
                  <line className="timeline__now" x1={x(now)} x2={x(now)} y1={0} y2={LANE_TOP + LANE_HEIGHT} />
                )}
              </StatePatterns>
            </svg>
            <span className="timeline__gaps" style={{ height: LANE_TOP + LANE_HEIGHT }}>
              <GapBands bands={bands} widthPx={width} emPx={em} />
              {unwrittenSince !== null && now !== null && unwrittenSince < view.endAt && (
                <span
                  className="timeline__unwritten"
                  title={t('drawer.catchingUp', { time: format.time(unwrittenSince) })}
                  style={{
                    left: Math.max(0, x(unwrittenSince)),
                    width: Math.max(0, Math.min(width, x(now)) - Math.max(0, x(unwrittenSince))),
                  }}
                />
              )}
            </span>
          </>
        )}
        <div
          className="timeline__calls"
          role="listbox"
          aria-label={t('drawer.callsOf', { count: contacts.length })}
          {...(shown.some((contact) => contact.id === picked) && { 'aria-activedescendant': `${id}${picked}` })}
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          {width > 0 &&
            shown.map((contact) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the list box moves its choice with the arrow keys.
              <span
                key={contact.id}
                id={`${id}${contact.id}`}
                className="tick"
                role="option"
                aria-selected={contact.id === picked}
                aria-label={callWords(contact)}
                data-kind={tickKind(contact)}
                style={{ left: x(tickAt(contact)) }}
                onClick={() => onPick(contact.id === picked ? null : contact.id)}
                onPointerEnter={() => setHovered(callWords(contact))}
              />
            ))}
        </div>
      </div>
      <p className="timeline__read" aria-live="polite" data-empty={read === null}>
        {read ?? t(bars.length + contacts.length === 0 ? 'drawer.nothing' : 'drawer.hint')}
      </p>
      <StateLegend bars={bars} />
    </div>
  );
}

/** Shapes, because a tick is too small for colours. */
function tickKind({ outcome, isTransferred, isEndInferred }: DayContact): 'answered' | 'transferred' | 'unsure' {
  if (isEndInferred || outcome !== 'answered') return 'unsure';
  return isTransferred ? 'transferred' : 'answered';
}
