import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import { LoadState } from '../access/load-state.tsx';
import { Shell } from '../access/shell.tsx';
import { usePlaces } from '../access/use-places.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/field.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { deleteBoard, fetchBoards } from './boards-api.ts';
import { BoardsTable } from './boards-table.tsx';
import { ImportBoard } from './import-board.tsx';
import { NewBoard } from './new-board.tsx';
import './boards-page.css';

/** Every board that may be changed: what its draft is, and what of it TVs show. */
export function BoardsPage(): ReactNode {
  const { t } = useTranslation();
  const boards = useLoad(fetchBoards);
  const places = usePlaces();
  const toast = useToast();
  const [opened, setOpened] = useState<'new' | 'import' | null>(null);
  const [removing, setRemoving] = useState<BoardSummary | null>(null);
  const close = (): void => setOpened(null);
  return (
    <Shell
      page="boards"
      tools={
        <span className="boards__tools">
          <Button onClick={() => setOpened('import')}>{t('boards.import.open')}</Button>
          <Button kind="primary" onClick={() => setOpened('new')}>
            {t('boards.new.open')}
          </Button>
        </span>
      }
    >
      <LoadState loaded={boards}>
        {boards.data?.length === 0 ? (
          <p className="list__empty">{t('boards.list.none')}</p>
        ) : (
          <BoardsTable
            boards={boards.data ?? []}
            places={places.data}
            onChanged={() => void boards.reload()}
            onRemove={setRemoving}
          />
        )}
      </LoadState>
      {opened === 'new' && <NewBoard places={places} onClose={close} />}
      {opened === 'import' && (
        <ImportBoard
          places={places}
          onClose={close}
          onImported={(name) => {
            close();
            toast(t('boards.import.done', { name }));
            void boards.reload();
          }}
        />
      )}
      {removing && (
        <Remove
          board={removing}
          onClose={() => setRemoving(null)}
          onRemoved={() => {
            toast(t('boards.list.removed', { name: removing.name }));
            setRemoving(null);
            void boards.reload();
          }}
        />
      )}
    </Shell>
  );
}

interface RemoveProps {
  readonly board: BoardSummary;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}

function Remove({ board: { id, name }, onClose, onRemoved }: RemoveProps): ReactNode {
  const { t } = useTranslation();
  const { isBusy, error, submit } = useSubmit(async () => {
    await deleteBoard(id);
    onRemoved();
  });
  return (
    <Dialog title={t('boards.list.of', { act: t('boards.list.remove'), name })} size="small" onClose={onClose}>
      <p className="dialog__lead">{t('boards.list.removeLead')}</p>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button kind="danger" onClick={() => submit()} isBusy={isBusy}>
          {t('boards.list.remove')}
        </Button>
      </div>
    </Dialog>
  );
}
