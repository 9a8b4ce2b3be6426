import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import { NO_PLACES, type Places } from '../access/preview.ts';
import { useWho } from '../access/session.tsx';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Field, FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import { NamePicker } from '../ui/name-picker.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { checkDraft, type DraftErrors, RANGES, type ScreenDraft, type SpanDraft } from './screen-draft.ts';

interface ScreenFormProps {
  readonly first: ScreenDraft;
  readonly places: Loaded<Places>;
  /** That are public, of any site. */
  readonly boards: readonly BoardSummary[];
  readonly submitText: string;
  readonly onSubmit: (draft: ScreenDraft) => Promise<void>;
  readonly onCancel: () => void;
  /** Beside the buttons. */
  readonly more?: ReactNode;
}

const LANGUAGE_NAMES = { 'zh-CN': '中文', en: 'English' } as const;

/** What a TV is called, where it belongs and how it shows it. Sizes and hours are put away: the usual does. */
export function ScreenForm({
  first,
  places,
  boards,
  submitText,
  onSubmit,
  onCancel,
  more,
}: ScreenFormProps): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(first);
  const [errors, setErrors] = useState<DraftErrors>({});
  const set = (change: Partial<ScreenDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    const found = checkDraft(draft);
    setErrors(found);
    if (Object.keys(found).length > 0) throw new Error('fields do not fit');
    await onSubmit(draft);
  });
  const form = useFocusOnInvalid(failures);
  const isTied = Object.keys(errors).length > 0;
  const textOf = (field: keyof DraftErrors): string | null => {
    const problem = errors[field];
    if (problem === undefined) return null;
    if (problem === 'missing') return t('access.problem.missing');
    if (problem === 'sameTimes') return t('tv.form.sameTimes');
    const [min, max] = RANGES[field as keyof typeof RANGES];
    return t('tv.form.number', { min, max });
  };
  const { sites } = places.data ?? NO_PLACES;
  const ofSite = boards.filter(({ site }) => site === draft.site);
  return (
    <form ref={form} className="form screen-form" noValidate onSubmit={submit}>
      <TextField
        label={t('tv.form.name')}
        hint={t('tv.form.nameHint')}
        value={draft.name}
        onValue={(name) => set({ name })}
        error={textOf('name')}
        autoComplete="off"
        maxLength={64}
        required
      />
      <div className="screen-form__pair">
        <Field label={t('tv.form.site')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.site}
              onChange={({ target }) => set({ site: target.value, board: 'standard' })}
            >
              {sites.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {sites.every(({ id }) => id !== draft.site) && <option value={draft.site}>{draft.site}</option>}
            </select>
          )}
        </Field>
        <Field label={t('tv.form.board')}>
          {(control) => (
            <select
              {...control}
              className="input"
              value={draft.board}
              onChange={({ target }) => set({ board: target.value })}
            >
              <option value="standard">{t('tv.form.standard')}</option>
              {ofSite.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {draft.board !== 'standard' && ofSite.every(({ id }) => id !== draft.board) && (
                <option value={draft.board}>{t('shown.unlisted', { id: draft.board })}</option>
              )}
            </select>
          )}
        </Field>
      </div>
      <details className="screen-form__more">
        <summary>{t('tv.form.view')}</summary>
        <ViewFields draft={draft} set={set} places={places} />
      </details>
      <details className="screen-form__more" open={errors.inches || errors.metres || errors.page ? true : undefined}>
        <summary>
          {t('tv.form.language')} · {t('tv.form.inches')}
        </summary>
        <div className="screen-form__pair">
          <Field label={t('tv.form.language')}>
            {(control) => (
              <select
                {...control}
                className="input"
                value={draft.language}
                onChange={({ target }) => set({ language: target.value === 'en' ? 'en' : 'zh-CN' })}
              >
                {Object.entries(LANGUAGE_NAMES).map(([language, name]) => (
                  <option key={language} value={language}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <NumberField field="page" hint={t('tv.form.pageHint')} draft={draft} set={set} error={textOf('page')} />
          <NumberField field="inches" hint={t('tv.form.sizeHint')} draft={draft} set={set} error={textOf('inches')} />
          <NumberField field="metres" draft={draft} set={set} error={textOf('metres')} />
        </div>
      </details>
      <details className="screen-form__more" open={errors.dim || errors.off ? true : undefined}>
        <summary>
          {t('tv.form.hours')} · {t('tv.form.chime')}
        </summary>
        <SpanField label={t('tv.form.dim')} span={draft.dim} onSpan={(dim) => set({ dim })} error={textOf('dim')} />
        <SpanField label={t('tv.form.off')} span={draft.off} onSpan={(off) => set({ off })} error={textOf('off')}>
          <Field label={t('tv.form.offShows')}>
            {(control) => (
              <select
                {...control}
                className="input"
                value={draft.offShows}
                onChange={({ target }) => set({ offShows: target.value === 'black' ? 'black' : 'clock' })}
              >
                <option value="clock">{t('tv.form.clock')}</option>
                <option value="black">{t('tv.form.black')}</option>
              </select>
            )}
          </Field>
        </SpanField>
        <label className="check">
          <input
            type="checkbox"
            checked={draft.hasChime}
            onChange={({ target }) => set({ hasChime: target.checked })}
          />
          <span>
            {t('tv.form.chime')}
            <span className="check__hint">{t('tv.form.chimeHint')}</span>
          </span>
        </label>
      </details>
      <FormError>{error !== null && !isTied && errorText(t, error)}</FormError>
      <div className="editor__actions">
        {more}
        <Button onClick={onCancel}>{t('access.form.cancel')}</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {submitText}
        </Button>
      </div>
    </form>
  );
}

interface PartProps {
  readonly draft: ScreenDraft;
  readonly set: (change: Partial<ScreenDraft>) => void;
}

function ViewFields({ draft, set, places }: PartProps & { places: Loaded<Places> }): ReactNode {
  const { t } = useTranslation();
  const mine = useWho()?.scope;
  const known = places.data ?? NO_PLACES;
  return (
    <div className="scope">
      {(['queues', 'teams'] as const).map((kind) => (
        <NamePicker
          key={kind}
          label={t(`access.scope.${kind}`)}
          allLabel={t(`access.scope.all.${kind}`)}
          someLabel={t('access.scope.some')}
          choices={known[kind].filter(
            ({ id, sites }) => sites.includes(draft.site) && (mine?.[kind]?.includes(id) ?? true),
          )}
          chosen={draft[kind]}
          onChoose={(chosen) => set({ [kind]: chosen })}
          canChooseAll={mine?.[kind] == null}
          emptyText={places.isLoading ? t('access.form.loading') : t('access.scope.empty')}
        />
      ))}
    </div>
  );
}

function NumberField({
  field,
  hint,
  draft,
  set,
  error,
}: PartProps & { field: keyof typeof RANGES; hint?: string; error: string | null }): ReactNode {
  const { t } = useTranslation();
  return (
    <TextField
      label={t(`tv.form.${field}`)}
      hint={hint}
      value={draft[field]}
      onValue={(text) => set({ [field]: text })}
      error={error}
      inputMode="decimal"
      autoComplete="off"
      maxLength={5}
    />
  );
}

interface SpanFieldProps {
  readonly label: string;
  readonly span: SpanDraft;
  readonly onSpan: (span: SpanDraft) => void;
  readonly error: string | null;
  readonly children?: ReactNode;
}

function SpanField({ label, span, onSpan, error, children }: SpanFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="span-field">
      <label className="check">
        <input
          type="checkbox"
          checked={span.isOn}
          onChange={({ target }) => onSpan({ ...span, isOn: target.checked })}
        />
        <span>{label}</span>
      </label>
      {span.isOn && (
        <div className="screen-form__pair">
          <TextField
            type="time"
            label={t('tv.form.from')}
            hint={t('tv.form.hoursHint')}
            value={span.from}
            onValue={(from) => onSpan({ ...span, from })}
            error={error}
            required
          />
          <TextField
            type="time"
            label={t('tv.form.to')}
            value={span.to}
            onValue={(to) => onSpan({ ...span, to })}
            required
          />
          {children}
        </div>
      )}
    </div>
  );
}
