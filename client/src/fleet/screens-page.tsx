import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import type { FleetScreen } from '../../../shared/api-screens.ts';
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
import { changeScreen, fetchBoards, fetchFleet, revokeScreen } from './fleet-api.ts';
import { pendingOf } from './fleet-state.ts';
import { FleetTable } from './fleet-table.tsx';
import { PairDialog } from './pair-dialog.tsx';
import { assignmentOf, draftOf } from './screen-draft.ts';
import { ScreenForm } from './screen-form.tsx';
import './fleet.css';

const LOOK_EVERY_MS = 5_000;
/** While somebody waits to see an order obeyed. */
const WATCH_EVERY_MS = 1_000;

const NO_BOARDS: readonly BoardSummary[] = [];

/** Every TV on the walls: how it is, and what can be done about it from here. */
export function ScreensPage(): ReactNode {
  const { t } = useTranslation();
  const fleet = useLoad(fetchFleet);
  const places = usePlaces();
  // Whoever may not see any has the standard one.
  const boards = useLoad(fetchBoards).data ?? NO_BOARDS;
  const toast = useToast();
  const [code, setCode] = useState(() => new URLSearchParams(location.search).get('code'));
  const [editing, setEditing] = useState<FleetScreen | null>(null);
  const [revoking, setRevoking] = useState<FleetScreen | null>(null);
  const { data, reload } = fleet;
  const isWatched = data?.screens.some((one) => one.state !== 'offline' && pendingOf(one, data.asOf).length > 0);
  useEffect(() => {
    const handle = setInterval(() => void reload(), isWatched ? WATCH_EVERY_MS : LOOK_EVERY_MS);
    return () => clearInterval(handle);
  }, [reload, isWatched]);
  const closePairing = (): void => {
    setCode(null);
    // A code is good for once: a page that is loaded anew must not ask for it again.
    history.replaceState(null, '', location.pathname);
  };
  return (
    <Shell
      page="screens"
      tools={
        <Button kind="primary" onClick={() => setCode('')}>
          {t('tv.pair.open')}
        </Button>
      }
    >
      <LoadState loaded={fleet}>
        {data?.screens.length === 0 ? (
          <p className="list__empty">{t('tv.fleet.none', { address: `${location.origin}/wall` })}</p>
        ) : (
          data && (
            <FleetTable
              fleet={data}
              places={places.data}
              boards={boards}
              onChanged={() => void reload()}
              onEdit={setEditing}
              onRevoke={setRevoking}
            />
          )
        )}
      </LoadState>
      {code !== null && (
        <PairDialog
          code={code}
          places={places}
          boards={boards}
          onClose={closePairing}
          onPaired={(name) => {
            closePairing();
            toast(t('tv.pair.done', { name }));
            void reload();
          }}
        />
      )}
      {editing && (
        <Dialog title={t('tv.form.edit', { name: editing.name })} onClose={() => setEditing(null)}>
          <ScreenForm
            first={draftOf(editing)}
            places={places}
            boards={boards}
            submitText={t('tv.form.save')}
            onCancel={() => setEditing(null)}
            onSubmit={async (draft) => {
              const { id, version, options } = editing;
              const { name } = await changeScreen(id, { version, ...assignmentOf(draft, options.timeZone) });
              setEditing(null);
              toast(t('tv.order.saved', { name }));
              void reload();
            }}
          />
        </Dialog>
      )}
      {revoking && (
        <Revoke
          screen={revoking}
          onClose={() => setRevoking(null)}
          onRevoked={() => {
            toast(t('tv.order.revoked', { name: revoking.name }));
            setRevoking(null);
            void reload();
          }}
        />
      )}
    </Shell>
  );
}

function Revoke({
  screen,
  onClose,
  onRevoked,
}: {
  screen: FleetScreen;
  onClose: () => void;
  onRevoked: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { isBusy, error, submit } = useSubmit(async () => {
    await revokeScreen(screen.id);
    onRevoked();
  });
  return (
    <Dialog title={t('tv.order.of', { order: t('tv.order.revoke'), name: screen.name })} size="small" onClose={onClose}>
      <p className="dialog__lead">{t('tv.order.revokeLead')}</p>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button kind="danger" onClick={() => submit()} isBusy={isBusy}>
          {t('tv.order.revoke')}
        </Button>
      </div>
    </Dialog>
  );
}
