import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../i18n/format.ts';
import { AGENT_STATES } from './agent-state.ts';
import { type StateBar, timeByState } from './day-timeline.ts';
import { StatePatterns, StateShape } from './state-pattern.tsx';

/** The states of the day by shape, pattern and word, each with the time that went into it. */
export function StateLegend({ bars }: { bars: readonly StateBar[] }): ReactNode {
  const { t } = useTranslation();
  const times = timeByState(bars);
  return (
    <ul className="state-legend">
      {AGENT_STATES.filter((state) => (times.get(state) ?? 0) > 0).map((state) => (
        <li key={state}>
          <svg className="state-legend__swatch" viewBox="0 0 18 14" width="18" height="14" aria-hidden="true">
            <StatePatterns states={[state]}>
              <StateShape state={state} x={0} width={18} top={0} height={14} />
            </StatePatterns>
          </svg>
          {t(`agentState.${state}`)} <b>{formatDuration(times.get(state) ?? 0)}</b>
        </li>
      ))}
    </ul>
  );
}
