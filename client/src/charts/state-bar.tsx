import type { ReactNode } from 'react';

export interface StatePart {
  readonly state: string;
  readonly label: string;
  readonly count: number;
}

/** Agents by state: one bar in true proportion, and under it each state's number and word with its swatch. */
export function StateBar({
  parts,
  shown,
}: {
  parts: readonly StatePart[];
  shown: (count: number) => string;
}): ReactNode {
  return (
    <div className="state-bar">
      <div className="state-bar__bar" aria-hidden="true">
        {parts.map(({ state, count }) =>
          count > 0 ? (
            <span key={state} className={`state-bar__block state-bar__block--${state}`} style={{ flexGrow: count }} />
          ) : null,
        )}
      </div>
      <ul className="state-bar__parts">
        {parts.map(({ state, label, count }) => (
          <li key={state} className="state-bar__part">
            <span className="state-bar__count">{shown(count)}</span>
            <span className="state-bar__label">
              <span className={`state-bar__swatch state-bar__block--${state}`} aria-hidden="true" />
              {label}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
