/** Two-step sign-in of whoever is signed in: on with an authenticator app, off with the password. */
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { codeOf } from '../api.ts';
import { errorText } from '../error-text.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { FormError, PasswordField, useFocusOnInvalid } from '../ui/field.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { useLoad } from '../ui/use-load.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { putTotp, startTotp } from './access-api.ts';
import { CodeField } from './sign-in-form.tsx';

export function TwoStep({ isOn, onChanged }: { isOn: boolean; onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  if (!isOn) return <SwitchOn onChanged={onChanged} />;
  return (
    <>
      <p className="dialog__lead">{t('access.twoStep.isOn')}</p>
      <TotpForm isOn onChanged={onChanged} />
    </>
  );
}

function SwitchOn({ onChanged }: { onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const { data, error, reload } = useLoad(startTotp);
  if (error !== null)
    return (
      <div className="form">
        <FormError>{errorText(t, error)}</FormError>
        <Button onClick={() => void reload()}>{t('access.form.tryNow')}</Button>
      </div>
    );
  if (data === null) return <p className="dialog__lead">{t('access.form.loading')}</p>;
  return (
    <>
      <p className="dialog__lead">{t('access.twoStep.lead')}</p>
      <div className="two-step">
        <QrCode text={data.uri} label={t('access.twoStep.qr')} />
        <div className="two-step__text">
          <CopyField
            label={t('access.twoStep.secret')}
            text={data.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}
            hint={t('access.twoStep.secretHint')}
          />
        </div>
      </div>
      <TotpForm isOn={false} onChanged={onChanged} />
    </>
  );
}

function TotpForm({ isOn, onChanged }: { isOn: boolean; onChanged: () => void }): ReactNode {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { isBusy, error, failures, submit } = useSubmit(async () => {
    if (password === '' || (!isOn && code.length !== 6)) throw new Incomplete();
    await putTotp({ password, code: isOn ? null : code });
    onChanged();
  });
  const form = useFocusOnInvalid(failures);
  const isIncomplete = error instanceof Incomplete;
  // Only where nothing else was sent is it the password that is wrong.
  const isPasswordWrong = isOn && codeOf(error) === 'auth.wrong';
  const isEitherWrong = !isOn && codeOf(error) === 'auth.wrong';
  const passwordError =
    isIncomplete && password === ''
      ? t('access.problem.missing')
      : isPasswordWrong
        ? t('access.problem.passwordWrong')
        : null;
  const codeError = isIncomplete && code.length !== 6 ? t('access.signIn.codeMissing') : null;
  return (
    <form ref={form} className="form" noValidate onSubmit={submit}>
      {!isOn && <CodeField value={code} onValue={setCode} error={codeError} />}
      <PasswordField
        label={t('access.field.password')}
        value={password}
        onValue={setPassword}
        error={passwordError}
        autoComplete="current-password"
        required
      />
      <FormError>
        {isEitherWrong
          ? t('access.problem.passwordOrCode')
          : error !== null && !isIncomplete && !isPasswordWrong && errorText(t, error)}
      </FormError>
      <Button type="submit" kind={isOn ? 'danger' : 'primary'} className="form__main" isBusy={isBusy}>
        {isOn ? t('access.twoStep.switchOff') : t('access.twoStep.switchOn')}
      </Button>
    </form>
  );
}

class Incomplete extends Error {}
