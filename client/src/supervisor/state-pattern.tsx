/**
 * How a state looks where it is drawn: by height, by pattern and by colour, so that none of them is needed alone. Calls are
 * tall, work around them less so, absence half as tall, waiting a line at the foot.
 */
import { createContext, type ReactNode, useContext, useId } from 'react';
import type { AgentState } from './agent-state.ts';

interface Look {
  /** Share of the lane. */
  readonly height: number;
  /** Drawn over the plain colour in a tile of eight units; without one it is plain. */
  readonly pattern?: string;
}

const LOOKS: Record<AgentState, Look> = {
  talking: { height: 1 },
  holding: { height: 1, pattern: 'M2 0V8M6 0V8' },
  outbound: { height: 1, pattern: 'M-2 2 2-2M0 8 8 0M6 10 10 6' },
  ringing: { height: 0.74, pattern: 'M1 1H3V3H1ZM5 5H7V7H5Z' },
  afterCallWork: { height: 0.74, pattern: 'M0 2H8M0 6H8' },
  internalCall: { height: 0.74, pattern: 'M0 0 8 8M8 0 0 8' },
  onBreak: { height: 0.5, pattern: 'M-2-2 2 2M0 0 8 8M6 6 10 10M-2 6 2 10M6-2 10 2' },
  meal: { height: 0.5, pattern: 'M2 0V8M6 0V8' },
  training: { height: 0.5, pattern: 'M0 0H8M0 4H8M2 0V4M6 4V8' },
  meeting: { height: 0.5, pattern: 'M0 4H8M4 0V8' },
  float: { height: 0.5 },
  free: { height: 0.14 },
  idle: { height: 0.14 },
  signedOut: { height: 0 },
};

const heightOf = (state: AgentState): number => LOOKS[state].height;

const PatternContext = createContext('');

/** Defines the patterns for the drawing inside, which is an `svg`. */
export function StatePatterns({ states, children }: { states: readonly AgentState[]; children: ReactNode }): ReactNode {
  const id = useId().replace(/\W/g, '');
  return (
    <PatternContext value={id}>
      <defs>
        {states.map((state) => {
          const { pattern } = LOOKS[state];
          if (pattern === undefined) return null;
          return (
            <pattern
              key={state}
              id={`${id}-${state}`}
              width="8"
              height="8"
              patternUnits="userSpaceOnUse"
              className="state-pattern"
              data-state={state}
            >
              <rect width="8" height="8" />
              <path d={pattern} />
            </pattern>
          );
        })}
      </defs>
      {children}
    </PatternContext>
  );
}

/** One state in a lane that reaches from `top` over `height`. */
export function StateShape(props: {
  state: AgentState;
  x: number;
  width: number;
  top: number;
  height: number;
}): ReactNode {
  const { state, x, width, top, height } = props;
  const id = useContext(PatternContext);
  const tall = Math.max(3, heightOf(state) * height);
  if (heightOf(state) === 0) return null;
  return (
    <rect
      className="state-shape"
      data-state={state}
      x={x}
      y={top + height - tall}
      width={Math.max(1, width)}
      height={tall}
      {...(LOOKS[state].pattern !== undefined && { fill: `url(#${id}-${state})` })}
    />
  );
}
