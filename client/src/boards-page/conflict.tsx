/** Two people changed the same board: what is saved now beside what is here, nothing of either lost. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { useGo } from '../access/go.ts';
import { useInstant } from '../access/use-instant.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/field.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { createBoard } from './boards-api.ts';
import { differenceText } from './difference-words.ts';
import { type DraftSaver, sheetOf } from './draft-saver.ts';
import type { Sheet, Step } from './editor-state.ts';

interface ConflictProps {
  readonly theirs: StoredBoard;
  readonly mine: Sheet;
  readonly saver: DraftSaver;
  readonly act: (step: Step) => void;
}

export function Conflict({ theirs, mine, saver, act }: ConflictProps): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const instant = useInstant();
  const what = differenceText(t, sheetOf(theirs), mine) ?? t('boards.difference.none');
  const copy = useSubmit(async () => {
    const name = t('boards.list.copyName', { name: mine.name }).slice(0, 64);
    const { id } = await createBoard({ site: theirs.site, name, board: mine.board });
    // What is here is safe in the copy; the board itself stays as they saved it.
    saver.takeTheirs();
    go(`/boards/${id}`);
  });
  return (
    <section className="designer__conflict" role="alert">
      <h2>
        <SeverityMark kind="warning" />
        {t('boards.save.conflictTitle', { who: theirs.updatedBy, at: instant(theirs.updatedAt) })}
      </h2>
      <p>{t('boards.save.conflictLead', { what })}</p>
      <span className="designer__choices">
        <Button onClick={() => act({ do: 'take', sheet: saver.takeTheirs() })}>{t('boards.save.takeTheirs')}</Button>
        <Button onClick={() => copy.submit()} isBusy={copy.isBusy}>
          {t('boards.save.saveCopy')}
        </Button>
        <Button onClick={() => void saver.keepMine()}>{t('boards.save.keepMine')}</Button>
      </span>
      <FormError>{copy.error !== null && errorText(t, copy.error)}</FormError>
    </section>
  );
}
