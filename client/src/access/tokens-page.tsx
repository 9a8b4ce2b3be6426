import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Token } from '../../../shared/api-access.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/field.tsx';
import { Given } from '../ui/given.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import { useToast } from '../ui/toast.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchTokens, revokeToken } from './access-api.ts';
import { LoadState } from './load-state.tsx';
import { NO_PLACES, type Places } from './preview.ts';
import { scopeSummary } from './scope-summary.ts';
import { Shell } from './shell.tsx';
import { TokenEditor } from './token-editor.tsx';
import { useInstant } from './use-instant.ts';
import { usePlaces } from './use-places.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;
const NAMED_RIGHTS = 3;

export function TokensPage(): ReactNode {
  const { t } = useTranslation();
  const tokens = useLoad(fetchTokens);
  const places = usePlaces();
  const toast = useToast();
  const [isAdding, setIsAdding] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  return (
    <Shell
      page="tokens"
      tools={
        <Button kind="primary" onClick={() => setIsAdding(true)}>
          {t('access.tokens.add')}
        </Button>
      }
    >
      <LoadState loaded={tokens}>
        {tokens.data?.length === 0 ? (
          <p className="list__empty">{t('access.tokens.none')}</p>
        ) : (
          <TokenList tokens={tokens.data ?? []} places={places.data ?? NO_PLACES} onRevoke={setRevoking} />
        )}
      </LoadState>
      {isAdding && (
        <TokenEditor places={places} onCreated={() => void tokens.reload()} onClose={() => setIsAdding(false)} />
      )}
      {revoking && (
        <Revoke
          token={revoking}
          onClose={() => setRevoking(null)}
          onRevoked={() => {
            toast(t('access.tokens.revoked', { name: revoking.name }));
            setRevoking(null);
            void tokens.reload();
          }}
        />
      )}
    </Shell>
  );
}

interface TokenListProps {
  readonly tokens: readonly Token[];
  readonly places: Places;
  readonly onRevoke: (token: Token) => void;
}

function TokenList({ tokens, places, onRevoke }: TokenListProps): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  return (
    <table className="list list--tokens">
      <thead>
        <tr>
          <th scope="col">{t('access.field.purpose')}</th>
          <th scope="col">{t('access.field.rights')}</th>
          <th scope="col">{t('access.field.scope')}</th>
          <th scope="col">{t('access.field.expiresAt')}</th>
          <th scope="col">{t('access.field.usedAt')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <Given text={token.name} />
              <span className="list__sub">
                {t('access.tokens.created', { who: token.createdBy, at: instant(token.createdAt) })}
              </span>
            </th>
            <td data-label={t('access.field.rights')} className="list__wide">
              <Rights token={token} />
            </td>
            <td data-label={t('access.field.scope')} className="list__wide">
              {scopeSummary(t, token.scope, places)}
            </td>
            <td data-label={t('access.field.expiresAt')}>
              <Expiry at={token.expiresAt} />
            </td>
            <td data-label={t('access.field.usedAt')}>
              {token.usedAt === null ? (
                <span className="list__quiet">{t('access.tokens.unused')}</span>
              ) : (
                instant(token.usedAt)
              )}
            </td>
            <td className="list__end">
              <Button
                kind="quiet"
                onClick={() => onRevoke(token)}
                aria-label={t('access.tokens.revokeOf', { name: token.name })}
              >
                {t('access.tokens.revoke')}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rights({ token }: { token: Token }): ReactNode {
  const { t } = useTranslation();
  const all = token.rights.map((right) => t(`access.rightShort.${right}`));
  const named = all.slice(0, NAMED_RIGHTS).join(t('access.list.comma'));
  const more = all.length - NAMED_RIGHTS;
  return (
    <span title={all.join(t('access.list.comma'))}>
      {more > 0 ? t('access.list.more', { names: named, count: more }) : named}
    </span>
  );
}

function Expiry({ at }: { at: number | null }): ReactNode {
  const { t } = useTranslation();
  const instant = useInstant();
  const [now] = useState(Date.now);
  if (at === null) return <span className="list__quiet">{t('access.tokens.neverExpires')}</span>;
  if (at <= now) return <span className="list__quiet">{t('access.tokens.expired')}</span>;
  if (at - now > SOON_MS) return instant(at);
  return (
    <span className="tag tag--warning">
      <SeverityMark kind="warning" />
      {t('access.tokens.expiresIn', { days: Math.ceil((at - now) / DAY_MS) })}
    </span>
  );
}

function Revoke({
  token,
  onClose,
  onRevoked,
}: {
  token: Token;
  onClose: () => void;
  onRevoked: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { isBusy, error, submit } = useSubmit(async () => {
    await revokeToken(token.id);
    onRevoked();
  });
  return (
    <Dialog title={t('access.tokens.revokeOf', { name: token.name })} size="small" onClose={onClose}>
      <p className="dialog__lead">{t('access.tokens.revokeLead')}</p>
      <FormError>{error !== null && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button kind="danger" onClick={() => submit()} isBusy={isBusy}>
          {t('access.tokens.revoke')}
        </Button>
      </div>
    </Dialog>
  );
}
