import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Board, METRICS, NOT_OF_GROUPS, QUEUE_COLUMNS, type Tile } from '../../../shared/board.ts';
import { isShown } from '../../../shared/board-grid.ts';
import { metricText } from '../board/metric-text.ts';
import { Field } from '../ui/field.tsx';
import { NamePicker } from '../ui/name-picker.tsx';
import type { Step } from './editor-state.ts';
import type { Scope, SiteNames } from './tile-words.ts';
import { NumberField, TypedField } from './typed-field.tsx';

interface SettingsOfProps {
  readonly tile: Tile;
  readonly profile: Board['profile'];
  readonly names: SiteNames;
  readonly act: (step: Step) => void;
}

const MOST_QUEUES = 24;

/** What can be set of a kind of tile. Only what a board may say is offered. */
export function SettingsOf({ tile, profile, names, act }: SettingsOfProps): ReactNode {
  const { t } = useTranslation();
  const set = (changed: Tile, field?: string): void =>
    act({ do: 'set', tile: changed, ...(field !== undefined && { typing: `${tile.id} ${field}` }) });
  switch (tile.kind) {
    case 'number': {
      const { settings } = tile;
      const isOffered = (metric: (typeof METRICS)[number]): boolean =>
        metric === settings.metric ||
        (isShown(profile, metric) && (settings.scope.of !== 'group' || !NOT_OF_GROUPS.includes(metric)));
      return (
        <>
          <Field
            label={t('boards.tile.metric')}
            error={isShown(profile, settings.metric) ? null : t('boards.tile.hidden')}
          >
            {(control) => (
              <select
                {...control}
                className="input"
                value={settings.metric}
                onChange={({ target }) => {
                  const metric = METRICS.find((one) => one === target.value);
                  if (metric) set({ ...tile, settings: { ...settings, metric } });
                }}
              >
                {METRICS.filter(isOffered).map((metric) => (
                  <option key={metric} value={metric}>
                    {metricText(t, metric)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <ScopeField
            scope={settings.scope}
            names={names}
            hasGroups={!NOT_OF_GROUPS.includes(settings.metric)}
            onScope={(scope) => set({ ...tile, settings: { ...settings, scope } })}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={settings.hasTarget}
              onChange={({ target }) => set({ ...tile, settings: { ...settings, hasTarget: target.checked } })}
            />
            <span>{t('boards.tile.hasTarget')}</span>
          </label>
        </>
      );
    }
    case 'serviceLevel':
      return (
        <ScopeField
          scope={tile.settings.scope}
          names={names}
          hasGroups
          onScope={(scope) => set({ ...tile, settings: { scope } })}
        />
      );
    case 'queues': {
      const { settings } = tile;
      const toggled = (column: (typeof QUEUE_COLUMNS)[number]) =>
        QUEUE_COLUMNS.filter((one) => settings.columns.includes(one) !== (one === column));
      return (
        <>
          <QueuesField
            queues={settings.queues}
            names={names}
            onQueues={(queues) => set({ ...tile, settings: { ...settings, queues } })}
          />
          <fieldset className="settings__kinds">
            <legend className="field__label">{t('boards.tile.columns')}</legend>
            {QUEUE_COLUMNS.map((column) => {
              const isOn = settings.columns.includes(column);
              const isLast = isOn && settings.columns.length === 1;
              return (
                <label key={column} className="check" title={isLast ? t('boards.tile.oneColumn') : undefined}>
                  <input
                    type="checkbox"
                    checked={isOn}
                    disabled={isLast || (!isOn && !isShown(profile, column))}
                    onChange={() => set({ ...tile, settings: { ...settings, columns: toggled(column) } })}
                  />
                  <span>
                    {metricText(t, column)}
                    {!isShown(profile, column) && <span className="check__hint">{t('boards.tile.hidden')}</span>}
                  </span>
                </label>
              );
            })}
          </fieldset>
          <NumberField
            label={t('boards.tile.rows')}
            value={settings.rows}
            limits={[1, 12]}
            onValue={(rows) => set({ ...tile, settings: { ...settings, rows } }, 'rows')}
          />
        </>
      );
    }
    case 'heat': {
      const { settings } = tile;
      return (
        <>
          <QueuesField
            queues={settings.queues}
            names={names}
            onQueues={(queues) => set({ ...tile, settings: { ...settings, queues } })}
          />
          <NumberField
            label={t('boards.tile.rows')}
            value={settings.rows}
            limits={[1, 12]}
            onValue={(rows) => set({ ...tile, settings: { ...settings, rows } }, 'rows')}
          />
        </>
      );
    }
    case 'notice':
      return (
        <>
          {(['zh', 'en'] as const).map((language) => (
            <TypedField
              key={language}
              label={t(`boards.tile.${language}`)}
              value={tile.settings[language]}
              read={(text) => text.trim()}
              problem=""
              onValue={(text) => set({ ...tile, settings: { ...tile.settings, [language]: text } }, language)}
              maxLength={200}
            />
          ))}
        </>
      );
    case 'states':
    case 'trend':
    case 'clock':
      return <p className="settings__none">{t('boards.tile.noSettings')}</p>;
  }
}

interface ScopeFieldProps {
  readonly scope: Scope;
  readonly names: SiteNames;
  readonly hasGroups: boolean;
  readonly onScope: (scope: Scope) => void;
}

const codeOf = (scope: Scope): string =>
  scope.of === 'site' ? 'site:' : scope.of === 'queue' ? `queue:${scope.queue}` : `group:${scope.group}`;

function scopeOf(code: string): Scope {
  const [of = '', ...rest] = code.split(':');
  const id = rest.join(':');
  if (of === 'queue') return { of, queue: id };
  return of === 'group' ? { of, group: id } : { of: 'site' };
}

function ScopeField({ scope, names, hasGroups, onScope }: ScopeFieldProps): ReactNode {
  const { t } = useTranslation();
  const code = codeOf(scope);
  const known = new Set([
    'site:',
    ...names.queues.map(({ id }) => `queue:${id}`),
    ...(hasGroups ? names.groups.map(({ id }) => `group:${id}`) : []),
  ]);
  return (
    <Field label={t('boards.tile.scope')}>
      {(control) => (
        <select {...control} className="input" value={code} onChange={({ target }) => onScope(scopeOf(target.value))}>
          <option value="site:">{t('boards.tile.ofSite')}</option>
          {!known.has(code) && (
            <option value={code}>{t('boards.tile.absent', { name: code.slice(code.indexOf(':') + 1) })}</option>
          )}
          <optgroup label={t('boards.tile.queue')}>
            {names.queues.map(({ id, name }) => (
              <option key={id} value={`queue:${id}`}>
                {name}
              </option>
            ))}
          </optgroup>
          {hasGroups && names.groups.length > 0 && (
            <optgroup label={t('boards.tile.group')}>
              {names.groups.map(({ id, name }) => (
                <option key={id} value={`group:${id}`}>
                  {name}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      )}
    </Field>
  );
}

interface QueuesFieldProps {
  readonly queues: readonly string[] | null;
  readonly names: SiteNames;
  readonly onQueues: (queues: string[] | null) => void;
}

function QueuesField({ queues, names, onQueues }: QueuesFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <NamePicker
      label={t('boards.tile.queues')}
      allLabel={t('boards.tile.busiest')}
      someLabel={t('boards.tile.chosen')}
      choices={names.queues}
      chosen={queues}
      canChooseAll
      emptyText={t('boards.tile.noQueues')}
      onChoose={(chosen) => {
        if (chosen === null) return onQueues(null);
        // A list names one at least: it begins with the first, and the last stays.
        const first = names.queues[0]?.id;
        const kept = chosen.length > 0 ? chosen.slice(0, MOST_QUEUES) : queues === null && first ? [first] : null;
        if (kept) onQueues([...kept]);
      }}
    />
  );
}
