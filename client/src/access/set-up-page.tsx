import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { FormError, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { setUp } from './access-api.ts';
import { type FieldErrors, NO_ERRORS, serverErrors } from './field-errors.ts';
import { Gate } from './gate.tsx';
import { useGo } from './go.ts';
import { NewPasswordField } from './new-password-field.tsx';
import { checkAccount } from './person-draft.ts';
import { useSession } from './session.tsx';

/** The first page of an installation: whoever starts it becomes its administrator. */
export function SetUpPage(): ReactNode {
  const { t } = useTranslation();
  const { answer } = useSession();
  if (answer === null) return null;
  if (answer.isSetUp)
    return (
      <Gate title={t('access.setUp.doneTitle')} lead={t('access.setUp.doneLead')}>
        <a className="button button--primary gate__alone" href="/sign-in">
          {t('access.signIn.submit')}
        </a>
      </Gate>
    );
  if (!answer.canSetUp) return <Gate title={t('access.setUp.elsewhereTitle')} lead={t('access.setUp.elsewhereLead')} />;
  return (
    <Gate title={t('access.setUp.title')} lead={t('access.setUp.lead')}>
      <SetUpForm needsCode={answer.needsSetUpCode} />
    </Gate>
  );
}

function SetUpForm({ needsCode }: { needsCode: boolean }): ReactNode {
  const { t } = useTranslation();
  const go = useGo();
  const [name, setName] = useState('');
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [errors, setErrors] = useState<FieldErrors>(NO_ERRORS);

  const { isBusy, error, failures, submit } = useSubmit(async () => {
    const found: FieldErrors = {
      ...checkAccount({ name, login, password }),
      ...(needsCode && code.trim() === '' && { code: 'missing' }),
    };
    setErrors(found);
    if (Object.keys(found).length > 0) throw new Error('fields do not fit');
    try {
      await setUp({ name, login, password, ...(needsCode && { code: code.trim() }) });
    } catch (failure) {
      setErrors(serverErrors(failure));
      throw failure;
    }
    go('/');
  });
  const form = useFocusOnInvalid(failures);
  const textOf = (field: keyof FieldErrors): string | null => {
    const problem = errors[field];
    return problem ? t(`access.problem.${problem}`) : null;
  };
  const isTied = Object.keys(errors).length > 0;
  return (
    <form ref={form} className="form" noValidate onSubmit={submit}>
      <TextField
        label={t('access.field.name')}
        hint={t('access.setUp.nameHint')}
        value={name}
        onValue={setName}
        error={textOf('name')}
        autoComplete="name"
        maxLength={64}
        required
        autoFocus
      />
      <TextField
        label={t('access.field.login')}
        hint={t('access.setUp.loginHint')}
        value={login}
        onValue={setLogin}
        error={textOf('login')}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={64}
        required
      />
      <NewPasswordField
        label={t('access.field.password')}
        value={password}
        onValue={setPassword}
        error={textOf('password')}
        names={[login, name]}
      />
      {needsCode && (
        <TextField
          label={t('access.setUp.code')}
          hint={t('access.setUp.codeHint')}
          value={code}
          onValue={setCode}
          error={textOf('code')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          required
        />
      )}
      <FormError>
        {error !== null && !isTied && (
          <>
            {errorText(t, error)} {codeOf(error) === 'setup.done' && <a href="/sign-in">{t('access.signIn.submit')}</a>}
          </>
        )}
      </FormError>
      <Button type="submit" kind="primary" className="form__main" isBusy={isBusy}>
        {t('access.setUp.submit')}
      </Button>
    </form>
  );
}
