import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardFile } from '../../../shared/api-boards.ts';
import { NO_PLACES, type Places } from '../access/preview.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, FormError, TextField } from '../ui/field.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { type Fault, placeText, readBoardFile } from './board-faults.ts';
import { createBoard } from './boards-api.ts';
import { SiteField } from './site-field.tsx';

interface ImportBoardProps {
  readonly places: Loaded<Places>;
  readonly onImported: (name: string) => void;
  readonly onClose: () => void;
}

const SHOWN_FAULTS = 50;

/** A board from a file: whole, or not at all with every fault and its place. */
export function ImportBoard({ places, onImported, onClose }: ImportBoardProps): ReactNode {
  const { t } = useTranslation();
  const [file, setFile] = useState<BoardFile | null>(null);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [isMissing, setIsMissing] = useState(false);
  const { sites } = places.data ?? NO_PLACES;
  const isHere = sites.some(({ id }) => id === file?.site);
  const site = chosen ?? (isHere ? file?.site : sites[0]?.id) ?? '';
  const take = async (picked: File | undefined): Promise<void> => {
    if (!picked) return;
    const read = readBoardFile(t, await picked.text());
    setFaults(read.faults ?? []);
    setFile(read.faults === null ? read.file : null);
    setName(read.faults === null ? read.file.name : '');
    setIsMissing(false);
  };
  const { isBusy, error, submit } = useSubmit(async () => {
    setIsMissing(file === null);
    if (!file || name.trim() === '') throw new Error('fields do not fit');
    await createBoard({ ...file, name: name.trim(), site });
    onImported(name.trim());
  });
  // What does not fit stands with its field.
  const problem = file === null || name.trim() === '' ? places.error : (error ?? places.error);
  return (
    <Dialog title={t('boards.import.title')} onClose={onClose}>
      <form className="form" noValidate onSubmit={submit}>
        <Field
          label={t('boards.import.file')}
          hint={t('boards.import.fileHint')}
          error={isMissing && faults.length === 0 ? t('boards.import.choose') : null}
        >
          {(control) => (
            <input
              {...control}
              type="file"
              className="input input--file"
              accept=".json,application/json"
              onChange={({ target }) => void take(target.files?.[0])}
            />
          )}
        </Field>
        {faults.length > 0 && <Faults faults={faults} />}
        {file && (
          <TextField
            label={t('boards.new.name')}
            value={name}
            onValue={setName}
            error={name.trim() === '' ? t('access.problem.missing') : null}
            maxLength={64}
            required
          />
        )}
        {file && (sites.length > 1 || !isHere) && (
          <SiteField
            sites={sites}
            value={site}
            onValue={setChosen}
            hint={isHere ? null : t('boards.import.otherSite', { site: file.site })}
          />
        )}
        <FormError>{problem !== null && errorText(t, problem)}</FormError>
        <div className="editor__actions">
          <Button onClick={onClose}>{t('access.form.cancel')}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy || (file !== null && site === '')}>
            {t('boards.import.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Faults({ faults }: { faults: readonly Fault[] }): ReactNode {
  const { t } = useTranslation();
  return (
    <section className="faults" role="alert">
      <p>
        <SeverityMark kind="critical" /> {t('boards.import.faults', { count: faults.length })}
      </p>
      <ul>
        {faults.slice(0, SHOWN_FAULTS).map(({ path, text }, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a place may have two faults, and the list never changes.
          <li key={i}>
            <code>{path || t('boards.import.wholeFile')}</code>
            <span>
              {placeText(t, path) && <span className="faults__place">{placeText(t, path)}</span>}
              {text}
            </span>
          </li>
        ))}
        {faults.length > SHOWN_FAULTS && <li>{t('boards.import.more', { count: faults.length - SHOWN_FAULTS })}</li>}
      </ul>
    </section>
  );
}
