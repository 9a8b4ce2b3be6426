import { type ReactNode, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/field.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchPublished, fetchVersions, publishBoard } from './boards-api.ts';
import { differenceText } from './difference-words.ts';
import type { DraftSaver } from './draft-saver.ts';
import type { Sheet } from './editor-state.ts';

interface PublishDialogProps {
  readonly stored: StoredBoard;
  readonly saver: DraftSaver;
  readonly sheet: Sheet;
  readonly onClose: () => void;
}

/** The draft could not be saved, so there is nothing to publish that anybody has seen. */
class NotSaved extends Error {}

export function PublishDialog({ stored, saver, sheet, onClose }: PublishDialogProps): ReactNode {
  const { t } = useTranslation();
  const toast = useToast();
  const { id, published } = stored;
  const isFirst = published === null;
  const load = useCallback(
    async (signal: AbortSignal) => {
      if (isFirst) return { shown: null, newest: 0 };
      const [shown, versions] = await Promise.all([fetchPublished(id, signal), fetchVersions(id, signal)]);
      return { shown, newest: versions[0]?.number ?? shown.number };
    },
    [id, isFirst],
  );
  const { data, error: unread } = useLoad(load);
  const shown = data?.shown;
  const what = shown ? differenceText(t, { name: shown.name, board: shown.board }, sheet) : null;
  const isSame = shown != null && what === null;
  const { isBusy, error, submit } = useSubmit(async () => {
    const { is } = await saver.flush();
    if (is !== 'saved') throw new NotSaved();
    try {
      const after = await publishBoard(id, saver.stored().version);
      saver.told(after);
      toast(t('boards.publish.done', { number: after.published?.number ?? 1 }));
      onClose();
    } catch (failure) {
      // Whoever was faster is told of where the draft is.
      await saver.look();
      throw failure;
    }
  });
  const problem = error ?? unread;
  return (
    <Dialog title={t('boards.publish.title', { name: sheet.name })} size="small" onClose={onClose}>
      <p className="dialog__lead">
        {lead()} {!isSame && t('boards.publish.effect')}
      </p>
      <FormError>
        {problem !== null && (problem instanceof NotSaved ? t('boards.publish.notSaved') : errorText(t, problem))}
      </FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button
          kind="primary"
          isBusy={isBusy || data === null}
          aria-disabled={isSame || undefined}
          onClick={() => !isSame && submit()}
        >
          {t('boards.publish.submit', { number: (data?.newest ?? 0) + 1 })}
        </Button>
      </div>
    </Dialog>
  );

  function lead(): string {
    if (data === null) return t('boards.publish.reading');
    if (!shown) {
      const { pages } = sheet.board;
      return t('boards.publish.first', { pages: pages.length, tiles: pages.flatMap(({ tiles }) => tiles).length });
    }
    const { number } = shown;
    return what === null ? t('boards.publish.same', { number }) : t('boards.publish.lead', { number, what });
  }
}
