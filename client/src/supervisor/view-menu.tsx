import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Given } from '../ui/given.tsx';
import { type AgentFilter, filterText, NO_FILTER } from './floor-address.ts';
import { MOST_NAME, type SavedView } from './saved-views.ts';

interface ViewMenuProps {
  readonly views: readonly SavedView[];
  readonly filter: AgentFilter;
  readonly onApply: (filter: AgentFilter) => void;
  readonly onSave: (name: string) => void;
  readonly onRemove: (name: string) => void;
}

/** Named views: applied, saved under a name, removed. */
export function ViewMenu({ views, filter, onApply, onSave, onRemove }: ViewMenuProps): ReactNode {
  const { t } = useTranslation();
  const menu = useRef<HTMLDetailsElement>(null);
  const [name, setName] = useState('');
  const current = views.find((view) => filterText(view.filter) === filterText(filter));
  const close = (): void => {
    if (menu.current) menu.current.open = false;
    menu.current?.querySelector('summary')?.focus();
  };
  return (
    <details
      ref={menu}
      className="picker"
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false;
      }}
    >
      <summary className="tool">{current ? <Given text={current.name} /> : t('views.title')}</summary>
      <div className="picker__list views">
        {views.length === 0 && <p className="quiet">{t('views.none')}</p>}
        <ul>
          {views.map((view) => (
            <li key={view.name} className="views__item">
              <button
                type="button"
                className="views__name"
                aria-pressed={view === current}
                onClick={() => {
                  onApply(view.filter);
                  close();
                }}
              >
                <Given text={view.name} />
              </button>
              <button
                type="button"
                className="tool"
                aria-label={t('views.remove', { name: view.name })}
                onClick={() => onRemove(view.name)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
        {filterText(filter) !== '' && (
          <button
            type="button"
            className="views__name"
            onClick={() => {
              onApply(NO_FILTER);
              close();
            }}
          >
            {t('views.reset')}
          </button>
        )}
        <form
          className="views__form"
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() === '') return;
            onSave(name.trim());
            setName('');
            close();
          }}
        >
          <input
            className="filter"
            value={name}
            maxLength={MOST_NAME}
            placeholder={t('views.name')}
            aria-label={t('views.name')}
            onChange={({ target }) => setName(target.value)}
          />
          <button type="submit" className="tool tool--framed" disabled={name.trim() === ''}>
            {t('views.save')}
          </button>
        </form>
      </div>
    </details>
  );
}
