import { type ReactNode, useCallback, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardVersion, StoredBoard } from '../../../shared/api-boards.ts';
import { LoadState } from '../access/load-state.tsx';
import { useMay } from '../access/session.tsx';
import { useInstant } from '../access/use-instant.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/field.tsx';
import { Given } from '../ui/given.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchVersions, rollBackBoard } from './boards-api.ts';
import type { DraftSaver } from './draft-saver.ts';

interface VersionsDialogProps {
  readonly stored: StoredBoard;
  readonly saver: DraftSaver;
  readonly onClose: () => void;
}

export function VersionsDialog({ stored, saver, onClose }: VersionsDialogProps): ReactNode {
  const { t } = useTranslation();
  const toast = useToast();
  const { id, name, site, published } = stored;
  const mayRollBack = useMay()('board.publish', { site });
  const load = useCallback((signal: AbortSignal) => fetchVersions(id, signal), [id]);
  const versions = useLoad(load);
  const [restoring, setRestoring] = useState<number | null>(null);
  return (
    <Dialog title={t('boards.versions.title', { name })} onClose={onClose}>
      {restoring === null ? (
        <LoadState loaded={versions}>
          {versions.data?.length === 0 ? (
            <p className="list__empty">{t('boards.versions.none')}</p>
          ) : (
            <Versions
              versions={versions.data ?? []}
              shown={published?.number ?? null}
              mayRollBack={mayRollBack}
              onRollBack={setRestoring}
            />
          )}
        </LoadState>
      ) : (
        <RollBack
          board={id}
          number={restoring}
          onBack={() => setRestoring(null)}
          onDone={(after) => {
            saver.told(after);
            toast(t('boards.versions.done', { number: restoring }));
            setRestoring(null);
            void versions.reload();
          }}
        />
      )}
    </Dialog>
  );
}

interface VersionsProps {
  readonly versions: readonly BoardVersion[];
  readonly shown: number | null;
  readonly mayRollBack: boolean;
  readonly onRollBack: (number: number) => void;
}

function Versions({ versions, shown, mayRollBack, onRollBack }: VersionsProps): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  const reason = useId();
  return (
    <>
      {!mayRollBack && (
        <p className="dialog__lead" id={reason}>
          {t('boards.list.needPublish')}
        </p>
      )}
      <table className="list list--versions">
        <thead>
          <tr>
            <th scope="col">{t('boards.versions.number')}</th>
            <th scope="col">{t('boards.versions.when')}</th>
            <th scope="col">{t('boards.versions.pages')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {versions.map(({ number, at, by, restores, pages }) => (
            <tr key={number}>
              <th scope="row">
                {number}
                {restores !== null && (
                  <span className="list__sub">{t('boards.versions.restores', { number: restores })}</span>
                )}
              </th>
              <td data-label={t('boards.versions.when')}>
                {instant(at)}
                <span className="list__sub">
                  <Given text={by} />
                </span>
              </td>
              <td data-label={t('boards.versions.pages')}>{pages}</td>
              <td className="list__end">
                {number === shown ? (
                  <span className="versions__shown">
                    <SeverityMark kind="eased" /> {t('boards.versions.current')}
                  </span>
                ) : (
                  <Button
                    kind="quiet"
                    aria-label={t('boards.versions.rollBackOf', { number })}
                    aria-disabled={!mayRollBack || undefined}
                    aria-describedby={mayRollBack ? undefined : reason}
                    onClick={() => mayRollBack && onRollBack(number)}
                  >
                    {t('boards.versions.rollBack')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

interface RollBackProps {
  readonly board: string;
  readonly number: number;
  readonly onBack: () => void;
  readonly onDone: (after: StoredBoard) => void;
}

function RollBack({ board, number, onBack, onDone }: RollBackProps): ReactNode {
  const { t } = useTranslation();
  const { isBusy, error, submit } = useSubmit(async () => onDone(await rollBackBoard(board, number)));
  return (
    <form className="form" onSubmit={submit}>
      <p className="dialog__lead">{t('boards.versions.lead', { number })}</p>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onBack}>{t('boards.versions.back')}</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {t('boards.versions.rollBackOf', { number })}
        </Button>
      </div>
    </form>
  );
}
