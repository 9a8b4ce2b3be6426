/** Pairs the TV whose code was typed, or came with the address that a phone read off it. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import type { Pairing } from '../../../shared/api-screens.ts';
import { CODE_LENGTH } from '../../../shared/screen.ts';
import type { Places } from '../access/preview.ts';
import { useWho } from '../access/session.tsx';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { fetchPairing, pairScreen } from './fleet-api.ts';
import { assignmentOf, newDraft } from './screen-draft.ts';
import { ScreenForm } from './screen-form.tsx';

interface PairDialogProps {
  /** From the address; empty: it has to be typed. */
  readonly code: string;
  readonly places: Loaded<Places>;
  readonly boards: readonly BoardSummary[];
  readonly onPaired: (name: string) => void;
  readonly onClose: () => void;
}

const EVERYTHING = { sites: null, queues: null, teams: null };

export function PairDialog({ code: given, places, boards, onPaired, onClose }: PairDialogProps): ReactNode {
  const { t } = useTranslation();
  const who = useWho();
  const [found, setFound] = useState<{ readonly code: string; readonly pairing: Pairing } | null>(null);
  const site = places.data?.sites[0]?.id;
  return (
    <Dialog title={t('tv.pair.title')} onClose={onClose}>
      {found === null && (
        <CodeForm given={given} onFound={(code, pairing) => setFound({ code, pairing })} onClose={onClose} />
      )}
      {found !== null && (
        <p className="dialog__lead">
          {t('tv.pair.found', {
            from: found.pairing.from,
            size: t('tv.fleet.size', { width: found.pairing.width, height: found.pairing.height }),
          })}
        </p>
      )}
      {found !== null && places.error !== null && <FormError>{errorText(t, places.error)}</FormError>}
      {found !== null && site !== undefined && (
        <ScreenForm
          first={newDraft(site, who?.scope ?? EVERYTHING, found.pairing.language)}
          places={places}
          boards={boards}
          submitText={t('tv.pair.submit')}
          onCancel={onClose}
          onSubmit={async (draft) => {
            const { name } = await pairScreen({ code: found.code, ...assignmentOf(draft, null) });
            onPaired(name);
          }}
        />
      )}
    </Dialog>
  );
}

function CodeForm({
  given,
  onFound,
  onClose,
}: {
  given: string;
  onFound: (code: string, pairing: Pairing) => void;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const [code, setCode] = useState(given);
  const [isMissing, setIsMissing] = useState(false);
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    const typed = code.replace(/[\s-]/g, '');
    setIsMissing(typed.length !== CODE_LENGTH);
    if (typed.length !== CODE_LENGTH) throw new Error('fields do not fit');
    onFound(typed, await fetchPairing(typed));
  });
  const form = useFocusOnInvalid(failures);
  const hasAsked = useRef(false);
  useEffect(() => {
    // Whoever scanned it need not press a button to say that they have.
    if (given !== '' && !hasAsked.current) submit();
    hasAsked.current = true;
  });
  return (
    <form ref={form} className="form" noValidate onSubmit={submit}>
      <TextField
        label={t('tv.pair.code')}
        hint={t('tv.pair.codeHint')}
        value={code}
        onValue={setCode}
        error={isMissing ? t('tv.pair.codeMissing') : null}
        className="input--code"
        autoCapitalize="characters"
        autoComplete="off"
        spellCheck={false}
        maxLength={10}
        required
      />
      <FormError>{error !== null && !isMissing && errorText(t, error)}</FormError>
      <div className="editor__actions">
        <Button onClick={onClose}>{t('access.form.cancel')}</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {t('tv.pair.find')}
        </Button>
      </div>
    </form>
  );
}
