import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf, type RequestFailed } from '../api.ts';
import { errorText } from '../error-text.ts';
import { formatDuration } from '../i18n/format.ts';
import { Button } from '../ui/button.tsx';
import { FormError, PasswordField, TextField, useFocusOnInvalid } from '../ui/field.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { signIn } from './access-api.ts';
import { useCountdown } from './use-countdown.ts';

/** Login and password; the six digits only where the server asks for them. What was typed stays, whatever is refused. */
export function SignInForm({ onSignedIn }: { onSignedIn: () => void }): ReactNode {
  const { t } = useTranslation();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const [triedCode, setTriedCode] = useState('');
  const [throttledUntil, setThrottledUntil] = useState<number | null>(null);
  const waitS = useCountdown(throttledUntil);
  const missing = (value: string, text: string): string | null => (failures > 0 && value === '' ? text : null);

  const { isBusy, error, failures, submit } = useSubmit(async () => {
    if (login.trim() === '' || password === '' || (asksCode && code.length !== 6)) throw new Incomplete();
    setTriedCode(code);
    try {
      await signIn({ login, password, ...(asksCode && { code }) });
    } catch (failure) {
      if (codeOf(failure) === 'auth.codeNeeded') {
        setAsksCode(true);
        setCode('');
      }
      if (codeOf(failure) === 'auth.throttled')
        setThrottledUntil(Date.now() + ((failure as RequestFailed).retryAfterMs ?? 60_000));
      throw failure;
    }
    onSignedIn();
  });
  const form = useFocusOnInvalid(failures);

  const failure = codeOf(error);
  const isThrottled = failure === 'auth.throttled';
  const isCodeWrong = failure === 'auth.codeNeeded' && triedCode !== '';
  const isCodeMissing = error instanceof Incomplete && asksCode && code.length !== 6;
  const shown =
    error === null || error instanceof Incomplete || failure === 'auth.codeNeeded' || isThrottled
      ? null
      : failure === 'auth.wrong' && !asksCode
        ? t('access.signIn.wrong')
        : errorText(t, error);
  return (
    <form ref={form} className="form" noValidate onSubmit={waitS > 0 ? (event) => event.preventDefault() : submit}>
      <TextField
        label={t('access.field.login')}
        value={login}
        onValue={setLogin}
        error={missing(login.trim(), t('access.signIn.loginMissing'))}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={256}
        required
        autoFocus
      />
      <PasswordField
        label={t('access.field.password')}
        value={password}
        onValue={setPassword}
        error={missing(password, t('access.signIn.passwordMissing'))}
        autoComplete="current-password"
        required
      />
      {asksCode && (
        <CodeField
          value={code}
          onValue={setCode}
          error={isCodeWrong ? t('access.signIn.codeWrong') : isCodeMissing ? t('access.signIn.codeMissing') : null}
          takesFocus
        />
      )}
      <FormError>{isThrottled && waitS > 0 ? t('access.signIn.throttled') : shown}</FormError>
      <Button type="submit" kind="primary" className="form__main" isBusy={isBusy || waitS > 0}>
        {waitS > 0 ? t('access.signIn.waitFor', { time: formatDuration(waitS * 1_000) }) : t('access.signIn.submit')}
      </Button>
    </form>
  );
}

class Incomplete extends Error {}

interface CodeFieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | null;
  readonly takesFocus?: boolean;
}

export function CodeField({ value, onValue, error, takesFocus = false }: CodeFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <TextField
      label={t('access.field.code')}
      hint={t('access.signIn.codeHint')}
      value={value}
      onValue={(text) => onValue(text.replaceAll(/\D/g, '').slice(0, 6))}
      error={error}
      className="input--code"
      inputMode="numeric"
      autoComplete="one-time-code"
      required
      autoFocus={takesFocus}
    />
  );
}
