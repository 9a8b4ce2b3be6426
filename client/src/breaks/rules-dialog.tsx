import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BreakSettings } from '../../../shared/break-setting.ts';
import { LoadState } from '../access/load-state.tsx';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchRules, saveRules } from './break-api.ts';
import { draftOf, type RuleField, type RuleProblem, readRules } from './rules-draft.ts';

export function RulesDialog({ site, onClose }: { site: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const loaded = useLoad(useCallback((signal: AbortSignal) => fetchRules(site, signal), [site]));
  return (
    <Dialog title={t('breaks.rules.title')} onClose={onClose}>
      <LoadState loaded={loaded}>
        {loaded.data && <RulesForm site={site} first={loaded.data} onClose={onClose} />}
      </LoadState>
    </Dialog>
  );
}

interface RulesFormProps {
  readonly site: string;
  readonly first: { readonly version: number; readonly settings: BreakSettings };
  readonly onClose: () => void;
}

function RulesForm({ site, first, onClose }: RulesFormProps): ReactNode {
  const { t } = useTranslation();
  const toast = useToast();
  const [draft, setDraft] = useState(() => draftOf(first.settings));
  const [problems, setProblems] = useState<Readonly<Partial<Record<RuleField, RuleProblem>>>>({});
  const [attempts, setAttempts] = useState(0);
  const form = useFocusOnInvalid(attempts);
  const { isBusy, error, submit } = useSubmit(async () => {
    const read = readRules(draft);
    setProblems('problems' in read ? read.problems : {});
    if ('problems' in read) {
      setAttempts((before) => before + 1);
      return;
    }
    await saveRules(site, first.version, read.settings);
    toast(t('breaks.rules.saved'));
    onClose();
  });
  const errorOf = (field: RuleField): string | null => {
    const problem = problems[field];
    if (!problem) return null;
    return problem.kind === 'line' ? t('breaks.rules.badLine', { line: problem.line }) : t('breaks.rules.badNumber');
  };
  const number = (field: RuleField): ReactNode => (
    <TextField
      label={t(`breaks.rules.${field}`)}
      inputMode="decimal"
      value={draft[field]}
      error={errorOf(field)}
      onValue={(value) => setDraft({ ...draft, [field]: value })}
    />
  );
  const lines = (field: 'reasons' | 'quotaByHalfHour'): ReactNode => (
    <Field label={t(`breaks.rules.${field}`)} hint={t(`breaks.rules.${field}Hint`)} error={errorOf(field)}>
      {(control) => (
        <textarea
          {...control}
          className="input rules__lines"
          rows={3}
          value={draft[field]}
          onChange={({ target }) => setDraft({ ...draft, [field]: target.value })}
        />
      )}
    </Field>
  );
  return (
    <form className="form" ref={form} onSubmit={submit} noValidate>
      <div className="rules__pair">
        {number('quota')}
        {number('minFree')}
        {number('minFreeShare')}
        {number('perHour')}
        {number('noRest')}
        {number('otherMax')}
        {lines('reasons')}
        {lines('quotaByHalfHour')}
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.isAutoGranting}
          onChange={({ target }) => setDraft({ ...draft, isAutoGranting: target.checked })}
        />
        <span>{t('breaks.rules.auto')}</span>
      </label>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {t('breaks.rules.save')}
        </Button>
      </div>
    </form>
  );
}
