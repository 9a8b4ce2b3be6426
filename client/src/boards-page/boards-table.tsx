import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import type { Places } from '../access/preview.ts';
import { useMay } from '../access/session.tsx';
import { useInstant } from '../access/use-instant.ts';
import { saveFile } from '../csv.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Given } from '../ui/given.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { createBoard, fetchFile } from './boards-api.ts';

interface BoardsTableProps {
  readonly boards: readonly BoardSummary[];
  readonly places: Places | null;
  readonly onChanged: () => void;
  readonly onRemove: (board: BoardSummary) => void;
}

export function BoardsTable({ boards, places, onChanged, onRemove }: BoardsTableProps): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  const siteNames = new Map(places?.sites.map(({ id, name }) => [id, name]));
  const by = (who: string, at: number) => t('boards.list.by', { who, at: instant(at) });
  return (
    <table className="list list--boards">
      <thead>
        <tr>
          <th scope="col">{t('boards.list.board')}</th>
          <th scope="col">{t('boards.list.draft')}</th>
          <th scope="col">{t('boards.list.public')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {boards.map((board) => (
          <tr key={board.id}>
            <th scope="row">
              <a
                className="boards__name"
                href={`/boards/${board.id}`}
                aria-label={t('boards.list.edit', { name: board.name })}
              >
                <Given text={board.name} />
              </a>
              <span className="list__sub">
                <bdi>{siteNames.get(board.site) ?? board.site}</bdi> · {t(`boards.board.${board.profile}`)}
              </span>
            </th>
            <td data-label={t('boards.list.draft')}>{by(board.updatedBy, board.updatedAt)}</td>
            <td data-label={t('boards.list.public')}>
              {board.published === null ? (
                <span className="list__quiet">{t('boards.list.notPublished')}</span>
              ) : (
                <>
                  {t('boards.list.version', { number: board.published.number })}
                  <span className="list__sub">{by(board.published.by, board.published.at)}</span>
                  <span className="list__sub">
                    <SeverityMark kind={board.published.isDraft ? 'eased' : 'watch'} />{' '}
                    {t(board.published.isDraft ? 'boards.list.isDraft' : 'boards.list.isOlder')}
                  </span>
                </>
              )}
            </td>
            <td className="list__end">
              <Acts board={board} onChanged={onChanged} onRemove={onRemove} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Acts({
  board,
  onChanged,
  onRemove,
}: { board: BoardSummary } & Pick<BoardsTableProps, 'onChanged' | 'onRemove'>): ReactNode {
  const { t } = useTranslation();
  const toast = useToast();
  const mayRemove = useMay()('board.publish', { site: board.site });
  const reason = useId();
  const { id, name } = board;
  const label = (act: 'duplicate' | 'export' | 'remove') => t('boards.list.of', { act: t(`boards.list.${act}`), name });
  const duplicate = useSubmit(async () => {
    const file = await fetchFile(id);
    const copy = t('boards.list.copyName', { name }).slice(0, 64);
    await createBoard({ ...file, name: copy });
    toast(t('boards.list.duplicated', { name: copy }));
    onChanged();
  });
  const save = useSubmit(async () => {
    saveFile(`${name}.json`, JSON.stringify(await fetchFile(id), null, 2), 'application/json');
    toast(t('boards.list.exported', { name }));
  });
  const error = duplicate.error ?? save.error;
  return (
    <div className="boards__acts">
      <Button kind="quiet" aria-label={label('duplicate')} isBusy={duplicate.isBusy} onClick={() => duplicate.submit()}>
        {t('boards.list.duplicate')}
      </Button>
      <Button kind="quiet" aria-label={label('export')} isBusy={save.isBusy} onClick={() => save.submit()}>
        {t('boards.list.export')}
      </Button>
      <Button
        kind="quiet"
        aria-label={label('remove')}
        aria-disabled={!mayRemove || undefined}
        aria-describedby={mayRemove ? undefined : reason}
        title={mayRemove ? undefined : t('boards.list.needPublish')}
        onClick={() => mayRemove && onRemove(board)}
      >
        {t('boards.list.remove')}
      </Button>
      {!mayRemove && (
        <span className="sr-only" id={reason}>
          {t('boards.list.needPublish')}
        </span>
      )}
      {error !== null && (
        <p className="boards__error" role="alert">
          {errorText(t, error)}
        </p>
      )}
    </div>
  );
}
