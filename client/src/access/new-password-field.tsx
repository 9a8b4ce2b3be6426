import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PasswordField } from '../ui/field.tsx';
import { strengthOf } from './password-strength.ts';

interface NewPasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error: string | null;
  /** Of the person: what is guessed first. */
  readonly names: readonly string[];
}

const BARS = [1, 2, 3, 4] as const;

export function NewPasswordField({ label, value, onValue, error, names }: NewPasswordFieldProps): ReactNode {
  const { t } = useTranslation();
  const { bars, advice, missing } = strengthOf(value, names);
  const hint = (
    <span className="strength" data-bars={bars}>
      <span className="strength__bars" aria-hidden="true">
        {BARS.map((bar) => (
          <i key={bar} data-on={bar <= bars} />
        ))}
      </span>
      <span>{t(`access.password.${advice}`, { missing })}</span>
    </span>
  );
  return (
    <PasswordField
      label={label}
      value={value}
      onValue={onValue}
      error={error}
      hint={hint}
      autoComplete="new-password"
      required
    />
  );
}
