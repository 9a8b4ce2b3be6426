/** A new token: what for, what it may and where; then its secret, once. */
import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EVERYWHERE, RIGHTS, type Right, type Scope } from '../../../shared/policy.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import { SeverityMark } from '../ui/severity-mark.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { createToken } from './access-api.ts';
import { AccessPreview } from './access-preview.tsx';
import { type FieldErrors, NO_ERRORS, serverErrors } from './field-errors.ts';
import { checkAccount } from './person-draft.ts';
import { LeaveQuestion } from './person-editor.tsx';
import { NO_PLACES, type Places } from './preview.ts';
import { ScopeField } from './scope-field.tsx';
import { useWho } from './session.tsx';

const EXPIRY_DAYS = [30, 90, 365] as const;

interface TokenEditorProps {
  readonly places: Loaded<Places>;
  readonly onCreated: () => void;
  readonly onClose: () => void;
}

export function TokenEditor({ places, onCreated, onClose }: TokenEditorProps): ReactNode {
  const { t } = useTranslation();
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string } | null>(null);
  const [isChanged, setIsChanged] = useState(false);
  const [asksToLeave, setAsksToLeave] = useState(false);
  if (made)
    return (
      <Dialog title={t('access.tokens.made', { name: made.name })}>
        <p className="dialog__lead dialog__lead--mark">
          <SeverityMark kind="warning" />
          {t('access.tokens.secretLead')}
        </p>
        <CopyField label={t('access.tokens.secret')} text={made.secret} hint={t('access.tokens.secretHint')} />
        <div className="editor__actions">
          <Button kind="primary" onClick={onClose}>
            {t('access.tokens.kept')}
          </Button>
        </div>
      </Dialog>
    );
  const close = (): void => {
    if (isChanged) setAsksToLeave(true);
    else onClose();
  };
  return (
    <Dialog title={t('access.tokens.add')} size="wide" onClose={close}>
      <TokenForm
        places={places}
        onChange={() => setIsChanged(true)}
        onMade={(name, secret) => {
          setMade({ name, secret });
          onCreated();
        }}
        onCancel={close}
        question={asksToLeave && <LeaveQuestion onStay={() => setAsksToLeave(false)} onLeave={onClose} />}
      />
    </Dialog>
  );
}

interface TokenFormProps {
  readonly places: Loaded<Places>;
  readonly onChange: () => void;
  readonly onMade: (name: string, secret: string) => void;
  readonly onCancel: () => void;
  /** Asked instead of the buttons. */
  readonly question: ReactNode;
}

function TokenForm({ places, onChange, onMade, onCancel, question }: TokenFormProps): ReactNode {
  const { t } = useTranslation();
  const giver = useWho();
  const [name, setName] = useState('');
  const [rights, setRights] = useState<readonly Right[]>(['numbers.view']);
  const [scope, setScope] = useState<Scope>(giver?.scope ?? EVERYWHERE);
  const [days, setDays] = useState<number | null>(90);
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    const found: FieldErrors = { ...checkAccount({ name }), ...(rights.length === 0 && { rights: 'noRights' }) };
    setErrors(found);
    if (Object.keys(found).length > 0) throw new Error('fields do not fit');
    try {
      const { secret } = await createToken({ name, rights: [...rights], scope, expiresInDays: days });
      onMade(name.trim(), secret);
    } catch (failure) {
      setErrors(serverErrors(failure));
      throw failure;
    }
  });
  const form = useFocusOnInvalid(failures);
  const isTied = errors.name !== undefined || errors.rights !== undefined;
  return (
    <form ref={form} className="editor" noValidate onSubmit={submit} onChange={onChange}>
      <div className="editor__body">
        <div className="editor__form">
          <div className="editor__pair">
            <TextField
              label={t('access.field.purpose')}
              hint={t('access.tokens.nameHint')}
              value={name}
              onValue={setName}
              error={errors.name ? t(`access.problem.${errors.name}`) : null}
              autoComplete="off"
              maxLength={64}
              required
            />
            <Field label={t('access.field.expiresAt')}>
              {(control) => (
                <select
                  {...control}
                  className="input"
                  value={days ?? ''}
                  onChange={({ target }) => setDays(target.value === '' ? null : Number(target.value))}
                >
                  {EXPIRY_DAYS.map((count) => (
                    <option key={count} value={count}>
                      {t('access.tokens.days', { count })}
                    </option>
                  ))}
                  <option value="">{t('access.tokens.neverExpires')}</option>
                </select>
              )}
            </Field>
          </div>
          <RightsField
            rights={rights}
            onRights={setRights}
            mine={giver?.rights ?? []}
            error={errors.rights ? t(`access.problem.${errors.rights}`) : null}
          />
          <ScopeField scope={scope} onScope={setScope} places={places} giver={giver?.scope ?? EVERYWHERE} />
        </div>
        <aside className="editor__aside">
          <AccessPreview
            name={name.trim() || t('access.preview.token')}
            rights={rights}
            scope={scope}
            places={places.data ?? NO_PLACES}
          />
        </aside>
      </div>
      <div className="editor__foot">
        <FormError>{error !== null && !isTied && errorText(t, error)}</FormError>
        {question || (
          <div className="editor__actions">
            <Button onClick={onCancel}>{t('access.form.cancel')}</Button>
            <Button type="submit" kind="primary" isBusy={isBusy}>
              {t('access.tokens.create')}
            </Button>
          </div>
        )}
      </div>
    </form>
  );
}

interface RightsFieldProps {
  readonly rights: readonly Right[];
  readonly onRights: (rights: readonly Right[]) => void;
  readonly mine: readonly Right[];
  readonly error: string | null;
}

function RightsField({ rights, onRights, mine, error }: RightsFieldProps): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  return (
    <fieldset className="rights" aria-describedby={error === null ? undefined : id}>
      <legend className="field__label">{t('access.field.rights')}</legend>
      {error !== null && (
        <p className="field__error" id={id}>
          <SeverityMark kind="critical" />
          {error}
        </p>
      )}
      <div className="rights__list">
        {RIGHTS.filter((right) => mine.includes(right)).map((right) => (
          <label key={right} className="check">
            <input
              type="checkbox"
              checked={rights.includes(right)}
              aria-invalid={error !== null || undefined}
              onChange={({ target }) =>
                onRights(RIGHTS.filter((one) => (one === right ? target.checked : rights.includes(one))))
              }
            />
            <span>
              {t(`access.rightShort.${right}`)}
              {t(`access.right.${right}`) !== t(`access.rightShort.${right}`) && (
                <span className="check__hint">{t(`access.right.${right}`)}</span>
              )}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
