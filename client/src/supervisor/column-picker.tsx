import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DAY_COLUMNS, type DayColumn } from './agent-day-columns.tsx';

/** Which columns of the agent's day are shown, in their own order whatever the order of choice. */
export function ColumnPicker({
  chosen,
  onChoose,
}: {
  chosen: readonly DayColumn[];
  onChoose: (chosen: readonly DayColumn[]) => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <details
      className="picker"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.currentTarget.open = false;
        event.currentTarget.querySelector('summary')?.focus();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
    >
      <summary className="tool">
        {t('floor.columns')}
        {chosen.length > 0 && <b> {chosen.length}</b>}
      </summary>
      <fieldset className="picker__list">
        <legend className="sr-only">{t('floor.columns')}</legend>
        {DAY_COLUMNS.map((column) => (
          <label key={column} className="picker__item">
            <input
              type="checkbox"
              checked={chosen.includes(column)}
              onChange={({ target }) =>
                onChoose(DAY_COLUMNS.filter((id) => (id === column ? target.checked : chosen.includes(id))))
              }
            />
            <span>{t(`agentDay.${column}`)}</span>
            <span className="quiet">{t(`agentDayHint.${column}`)}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
