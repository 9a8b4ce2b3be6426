import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useGo } from '../access/go.ts';
import { NO_PLACES, type Places } from '../access/preview.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { BoardSketch } from './board-sketch.tsx';
import { createBoard } from './boards-api.ts';
import { SiteField } from './site-field.tsx';
import { boardFrom, TEMPLATES, type Template } from './templates.ts';

interface NewBoardProps {
  readonly places: Loaded<Places>;
  readonly onClose: () => void;
}

/** From a template to the editor in one step. */
export function NewBoard({ places, onClose }: NewBoardProps): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const [template, setTemplate] = useState<Template>('hotline');
  const [typed, setTyped] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const { sites } = places.data ?? NO_PLACES;
  const site = chosen ?? sites[0]?.id ?? '';
  const name = typed ?? t(`boards.new.kind.${template}`);
  const words = { now: t('boards.new.now'), day: t('boards.new.day') };
  const [isMissing, setIsMissing] = useState(false);
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    setIsMissing(name.trim() === '');
    if (name.trim() === '') throw new Error('fields do not fit');
    const { id } = await createBoard({ site, name: name.trim(), board: boardFrom(template, words) });
    go(`/boards/${id}`);
  });
  const form = useFocusOnInvalid(failures);
  const problem = isMissing ? null : (error ?? places.error);
  return (
    <Dialog title={t('boards.new.title')} size="normal" onClose={onClose}>
      <form ref={form} className="form" noValidate onSubmit={submit}>
        <fieldset>
          <legend className="field__label">{t('boards.new.template')}</legend>
          <div className="templates">
            {TEMPLATES.map((one) => (
              <label key={one} className="template">
                <input
                  type="radio"
                  name="template"
                  value={one}
                  checked={one === template}
                  onChange={() => setTemplate(one)}
                />
                <BoardSketch page={boardFrom(one, words).pages[0]} />
                <strong>{t(`boards.new.kind.${one}`)}</strong>
                <span className="template__hint">{t(`boards.new.hint.${one}`)}</span>
              </label>
            ))}
          </div>
        </fieldset>
        <TextField
          label={t('boards.new.name')}
          hint={t('boards.new.nameHint')}
          value={name}
          onValue={setTyped}
          error={isMissing ? t('access.problem.missing') : null}
          maxLength={64}
          required
        />
        {sites.length > 1 && <SiteField sites={sites} value={site} onValue={setChosen} />}
        <FormError>{problem !== null && errorText(t, problem)}</FormError>
        <div className="editor__actions">
          <Button onClick={onClose}>{t('access.form.cancel')}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy || site === ''}>
            {t('boards.new.create')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
