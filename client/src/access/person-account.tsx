/** The account of a known person: may it sign in, with what, and where it is signed in now. */
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/api-access.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { useToast } from '../ui/toast.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { signOutPerson } from './access-api.ts';
import type { PersonDraft } from './person-draft.ts';
import { SuggestedPasswordField } from './suggested-password-field.tsx';

interface PersonAccountProps {
  readonly person: Person;
  readonly draft: PersonDraft;
  readonly onChange: (part: Partial<PersonDraft>) => void;
  readonly passwordError: string | null;
}

export function PersonAccount({ person, draft, onChange, passwordError }: PersonAccountProps): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className="account-part">
      <legend className="field__label">{t('access.people.account')}</legend>
      <label className="check">
        <input
          type="checkbox"
          checked={draft.isActive}
          onChange={({ target }) => onChange({ isActive: target.checked })}
        />
        <span>
          {t('access.people.isActive')}
          <span className="check__hint">{t('access.people.isActiveHint')}</span>
        </span>
      </label>
      {person.isLocal && (
        <label className="check">
          <input
            type="checkbox"
            checked={draft.password !== null}
            onChange={({ target }) => onChange({ password: target.checked ? '' : null })}
          />
          <span>
            {t('access.people.newPassword')}
            <span className="check__hint">{t('access.people.newPasswordHint')}</span>
          </span>
        </label>
      )}
      {draft.password !== null && (
        <div className="account-part__more">
          <SuggestedPasswordField
            value={draft.password}
            onValue={(password) => onChange({ password })}
            error={passwordError}
            names={[person.login, draft.name]}
          />
        </div>
      )}
      {person.hasTotp && (
        <label className="check">
          <input
            type="checkbox"
            checked={draft.resetTotp}
            onChange={({ target }) => onChange({ resetTotp: target.checked })}
          />
          <span>
            {t('access.people.resetTwoStep')}
            <span className="check__hint">{t('access.people.resetTwoStepHint')}</span>
          </span>
        </label>
      )}
      <SignOutEverywhere person={person} />
    </fieldset>
  );
}

/** At once, without saving the form around it. */
function SignOutEverywhere({ person }: { person: Person }): ReactNode {
  const { t } = useTranslation();
  const toast = useToast();
  const [isDone, setIsDone] = useState(false);
  const { isBusy, error, submit } = useSubmit(async () => {
    await signOutPerson(person.id);
    setIsDone(true);
    toast(t('access.people.signedOut', { name: person.name }));
  });
  return (
    <div className="account-part__out">
      <Button onClick={() => submit()} isBusy={isBusy || isDone}>
        {t('access.people.signOut')}
      </Button>
      <span className="check__hint" role="status">
        {error !== null
          ? errorText(t, error)
          : isDone
            ? t('access.people.signedOutHere')
            : t('access.people.signOutHint')}
      </span>
    </div>
  );
}
