/** All of a kind, also those that come later, or some of them by name. */
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Given } from './given.tsx';

export interface Choice {
  readonly id: string;
  readonly name: string;
  /** What tells it from others of its name. */
  readonly note?: string;
}

interface NamePickerProps {
  readonly label: string;
  readonly allLabel: string;
  readonly someLabel: string;
  readonly choices: readonly Choice[];
  /** Null: all of them. */
  readonly chosen: readonly string[] | null;
  readonly onChoose: (chosen: readonly string[] | null) => void;
  /** False: whoever chooses has not all of them to give. */
  readonly canChooseAll: boolean;
  /** Shown where there is nothing to choose from. */
  readonly emptyText: string;
}

const FILTER_FROM = 8;

export function NamePicker(props: NamePickerProps): ReactNode {
  const { label, allLabel, someLabel, chosen, onChoose, canChooseAll } = props;
  const { t } = useTranslation();
  const group = useId();
  return (
    <fieldset className="picker-field">
      <legend className="field__label">
        {label}
        {chosen !== null && (
          <span className="picker-field__count">{t('access.scope.count', { count: chosen.length })}</span>
        )}
      </legend>
      <div className="picker-field__kinds">
        <label className="check">
          <input
            type="radio"
            name={group}
            checked={chosen === null}
            disabled={!canChooseAll}
            onChange={() => onChoose(null)}
          />
          <span>{allLabel}</span>
        </label>
        <label className="check">
          <input type="radio" name={group} checked={chosen !== null} onChange={() => onChoose(chosen ?? [])} />
          <span>{someLabel}</span>
        </label>
      </div>
      {chosen !== null && <Names {...props} chosen={chosen} />}
    </fieldset>
  );
}

function Names({
  label,
  choices,
  chosen,
  onChoose,
  emptyText,
}: NamePickerProps & { chosen: readonly string[] }): ReactNode {
  const { t } = useTranslation();
  const [filter, setFilter] = useState('');
  const known = new Set(choices.map(({ id }) => id));
  // What is given stays in sight, also when the centre does not know it (yet, or any more).
  const all: readonly Choice[] = [
    ...chosen.filter((id) => !known.has(id)).map((id) => ({ id, name: id, note: t('access.scope.absent') })),
    ...choices,
  ];
  const wanted = filter.trim().toLowerCase();
  const shown = all.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(wanted));
  const isNew = wanted !== '' && !all.some(({ id, name }) => id === filter.trim() || name === filter.trim());
  const toggle = (id: string, isOn: boolean): void =>
    onChoose(isOn ? [...chosen, id] : chosen.filter((one) => one !== id));
  return (
    <div className="names">
      {(all.length > FILTER_FROM || all.length === 0) && (
        <input
          type="search"
          className="input names__filter"
          aria-label={t('access.scope.filter', { label })}
          placeholder={t('access.scope.filter', { label })}
          maxLength={256}
          value={filter}
          onChange={({ target }) => setFilter(target.value)}
          onKeyDown={(event) => {
            // Enter would send the form around it.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      )}
      <ul className="names__list">
        {shown.map(({ id, name, note }) => (
          <li key={id}>
            <label className="check">
              <input
                type="checkbox"
                checked={chosen.includes(id)}
                onChange={({ target }) => toggle(id, target.checked)}
              />
              <Given text={name} />
              {note && <span className="names__note">{note}</span>}
            </label>
          </li>
        ))}
        {all.length === 0 && <li className="names__empty">{emptyText}</li>}
        {isNew && (
          <li>
            <button
              type="button"
              className="names__add"
              onClick={() => {
                toggle(filter.trim(), true);
                setFilter('');
              }}
            >
              {t('access.scope.add', { name: filter.trim() })}
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}
