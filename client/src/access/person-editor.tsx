/** One person, new or known: who they are, what they may and where, and what comes of it. */
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/api-access.ts';
import { EVERYWHERE, RIGHTS_OF, ROLES, type Role } from '../../../shared/policy.ts';
import { codeOf } from '../api.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import type { Loaded } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { changePerson, createPerson, fetchPeople } from './access-api.ts';
import { AccessPreview } from './access-preview.tsx';
import { type FieldErrors, NO_ERRORS, serverErrors } from './field-errors.ts';
import { PersonAccount } from './person-account.tsx';
import { PersonConflict } from './person-conflict.tsx';
import {
  changeBody,
  checkAccount,
  differences,
  draftOf,
  isSameDraft,
  NEW_PERSON,
  newBody,
  type PersonDraft,
} from './person-draft.ts';
import { NO_PLACES, type Places } from './preview.ts';
import { ScopeField } from './scope-field.tsx';
import { useSession, useWho } from './session.tsx';
import { SuggestedPasswordField } from './suggested-password-field.tsx';

interface PersonEditorProps {
  /** Null: a new one. */
  readonly person: Person | null;
  readonly places: Loaded<Places>;
  readonly onClose: () => void;
  readonly onSaved: (name: string) => void;
}

export function PersonEditor({ person, places, onClose, onSaved }: PersonEditorProps): ReactNode {
  const { t } = useTranslation();
  const who = useWho();
  const hasSingleSignOn = useSession().answer?.hasSingleSignOn === true;
  const giver = who?.scope ?? EVERYWHERE;
  /** As it was when it was opened, or when its newest edition was taken over. */
  const [base, setBase] = useState(person);
  const start = base ? draftOf(base) : { ...NEW_PERSON, scope: giver };
  const [draft, setDraft] = useState<PersonDraft>(start);
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);
  /** What somebody else saved meanwhile. */
  const [theirs, setTheirs] = useState<Person | null>(null);
  const [asksToLeave, setAsksToLeave] = useState(false);
  const change = (part: Partial<PersonDraft>): void => setDraft((before) => ({ ...before, ...part }));

  const save = async (version: number | null): Promise<void> => {
    const found = checkAccount(
      base
        ? { name: draft.name, password: draft.password }
        : { name: draft.name, login: draft.login, password: draft.password },
    );
    setErrors(found);
    if (Object.keys(found).length > 0) throw new Error('fields do not fit');
    try {
      if (base && version !== null) await changePerson(base.id, changeBody(draft, version));
      else await createPerson(newBody(draft));
    } catch (failure) {
      setErrors(serverErrors(failure));
      if (codeOf(failure) === 'access.conflict' && base) setTheirs(await newestOf(base.id));
      throw failure;
    }
    onSaved(draft.name.trim());
  };
  const { isBusy, error, failures, submit } = useSubmit(() => save(theirs?.version ?? base?.version ?? null));
  const form = useFocusOnInvalid(failures);
  const close = (): void => {
    if (isSameDraft(draft, start)) onClose();
    else setAsksToLeave(true);
  };
  const problem = (field: keyof FieldErrors): string | null => {
    const found = errors[field];
    return found ? t(`access.problem.${found}`) : null;
  };
  const isTied = Object.keys(errors).length > 0 && errors.scope === undefined && errors.role === undefined;
  const isConflict = theirs !== null;
  return (
    <Dialog title={base ? t('access.people.edit') : t('access.people.add')} size="wide" onClose={close}>
      <form ref={form} className="editor" noValidate onSubmit={submit}>
        <div className="editor__body">
          <div className="editor__form">
            {theirs && (
              <PersonConflict
                theirs={theirs}
                mine={draft}
                fields={differences(draftOf(theirs), draft)}
                places={places.data ?? NO_PLACES}
                onTakeTheirs={() => {
                  setBase(theirs);
                  setDraft(draftOf(theirs));
                  setTheirs(null);
                }}
              />
            )}
            <div className="editor__pair">
              <TextField
                label={t('access.field.name')}
                value={draft.name}
                onValue={(name) => change({ name })}
                error={problem('name')}
                autoComplete="off"
                maxLength={64}
                required
              />
              {base ? (
                <TextField
                  label={t('access.field.login')}
                  value={base.login}
                  onValue={() => {}}
                  readOnly
                  autoComplete="off"
                  hint={t('access.people.loginStays')}
                />
              ) : (
                <TextField
                  label={t('access.field.login')}
                  value={draft.login}
                  onValue={(login) => change({ login })}
                  error={problem('login')}
                  hint={t('access.setUp.loginHint')}
                  autoComplete="off"
                  autoCapitalize="none"
                  spellCheck={false}
                  maxLength={64}
                  required
                />
              )}
            </div>
            {!base && hasSingleSignOn && (
              <WayIn isLocal={draft.password !== null} onLocal={(local) => change({ password: local ? '' : null })} />
            )}
            {!base && draft.password !== null && (
              <SuggestedPasswordField
                value={draft.password}
                onValue={(password) => change({ password })}
                error={problem('password')}
                names={[draft.login, draft.name]}
              />
            )}
            <RoleField role={draft.role} onRole={(role) => change({ role })} />
            <ScopeField scope={draft.scope} onScope={(scope) => change({ scope })} places={places} giver={giver} />
            {base && (
              <PersonAccount person={base} draft={draft} onChange={change} passwordError={problem('password')} />
            )}
          </div>
          <aside className="editor__aside">
            <AccessPreview
              name={draft.name.trim() || t('access.preview.somebody')}
              rights={draft.isActive ? RIGHTS_OF[draft.role] : []}
              scope={draft.scope}
              places={places.data ?? NO_PLACES}
            />
          </aside>
        </div>
        <div className="editor__foot">
          <FormError>{error !== null && !isTied && !isConflict && errorText(t, error)}</FormError>
          {asksToLeave ? (
            <LeaveQuestion onStay={() => setAsksToLeave(false)} onLeave={onClose} />
          ) : (
            <div className="editor__actions">
              <Button onClick={close}>{t('access.form.cancel')}</Button>
              <Button type="submit" kind="primary" isBusy={isBusy}>
                {isConflict ? t('access.conflict.keepMine') : base ? t('access.form.save') : t('access.people.create')}
              </Button>
            </div>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** Null where they are gone. */
async function newestOf(id: string): Promise<Person | null> {
  return (await fetchPeople()).find((one) => one.id === id) ?? null;
}

export function LeaveQuestion({ onStay, onLeave }: { onStay: () => void; onLeave: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="editor__actions" role="alert">
      <span className="editor__question">{t('access.form.unsaved')}</span>
      <Button onClick={onLeave} kind="danger">
        {t('access.form.discard')}
      </Button>
      {/* The question replaces the button that had the focus. */}
      <Button onClick={onStay} kind="primary" autoFocus>
        {t('access.form.goOn')}
      </Button>
    </div>
  );
}

function WayIn({ isLocal, onLocal }: { isLocal: boolean; onLocal: (isLocal: boolean) => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="way-in">
      <legend className="field__label">{t('access.people.signsIn')}</legend>
      {[true, false].map((local) => (
        <label key={String(local)} className="check">
          <input type="radio" name="way-in" checked={isLocal === local} onChange={() => onLocal(local)} />
          <span>
            {t(local ? 'access.people.withPassword' : 'access.people.withSingleSignOn')}
            {!local && <span className="check__hint">{t('access.people.singleSignOnHint')}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function RoleField({ role, onRole }: { role: Role; onRole: (role: Role) => void }): ReactNode {
  const { t } = useTranslation();
  const mine = useWho()?.rights ?? [];
  return (
    <fieldset className="roles">
      <legend className="field__label">{t('access.field.role')}</legend>
      {ROLES.map((one) => (
        <label key={one} className="roles__one">
          <input
            type="radio"
            name="role"
            checked={role === one}
            // Nobody gives what they have not; the role that somebody has already may stay.
            disabled={role !== one && !RIGHTS_OF[one].every((right) => mine.includes(right))}
            onChange={() => onRole(one)}
          />
          <span>
            <strong>{t(`access.role.${one}`)}</strong>
            <span className="roles__hint">{t(`access.roleHint.${one}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
