import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { FormError, PasswordField, useFocusOnInvalid } from '../ui/field.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { changePassword } from './access-api.ts';
import { type FieldErrors, NO_ERRORS, serverErrors } from './field-errors.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { checkAccount } from './person-draft.ts';
import { useSession } from './session.tsx';

export function PasswordForm({ onChanged }: { onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const { answer } = useSession();
  const login = answer?.person?.login ?? '';
  const name = answer?.who?.name ?? '';
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    const found: FieldErrors = {
      ...(current === '' && { current: 'missing' }),
      ...checkAccount({ name: 'x', password: next }),
    };
    setErrors(found);
    if (Object.keys(found).length > 0) throw new Error('fields do not fit');
    try {
      await changePassword({ current, next });
    } catch (failure) {
      setErrors(codeOf(failure) === 'auth.wrong' ? { current: 'passwordWrong' } : serverErrors(failure));
      throw failure;
    }
    onChanged();
  });
  const form = useFocusOnInvalid(failures);
  const isTied = Object.keys(errors).length > 0;
  return (
    <form ref={form} className="form" noValidate onSubmit={submit}>
      {/* Tells a password manager whose password this is. */}
      <input
        className="sr-only"
        type="text"
        autoComplete="username"
        value={login}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        label={t('access.field.current')}
        value={current}
        onValue={setCurrent}
        error={errors.current ? t(`access.problem.${errors.current}`) : null}
        autoComplete="current-password"
        required
        autoFocus
      />
      <NewPasswordField
        label={t('access.field.newPassword')}
        value={next}
        onValue={setNext}
        error={errors.password ? t(`access.problem.${errors.password}`) : null}
        names={[login, name]}
      />
      <FormError>{error !== null && !isTied && errorText(t, error)}</FormError>
      <Button type="submit" kind="primary" className="form__main" isBusy={isBusy}>
        {t('access.account.changePassword')}
      </Button>
    </form>
  );
}
