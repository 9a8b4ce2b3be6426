/** A label, its control, what helps, and what is wrong with it, tied together for eyes and screen readers. */
import { type InputHTMLAttributes, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SeverityMark } from './severity-mark.tsx';

export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly children: (control: ControlProps) => ReactNode;
}

export function Field({ label, hint, error = null, children }: FieldProps): ReactNode {
  const id = useId();
  const described = [error !== null && `${id}-error`, hint != null && `${id}-hint`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error !== null || undefined })}
      {error !== null && (
        <p className="field__error" id={`${id}-error`}>
          <SeverityMark kind="critical" />
          {error}
        </p>
      )}
      {hint != null && (
        <div className="field__hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value' | 'id'> {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | null;
}

export function TextField({
  label,
  value,
  onValue,
  hint,
  error = null,
  className = '',
  ...input
}: TextFieldProps): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <input
          type="text"
          {...input}
          {...control}
          className={`input ${className}`}
          value={value}
          onChange={({ target }) => onValue(target.value)}
        />
      )}
    </Field>
  );
}

/** What was typed can be looked at: a hidden typing error costs more than a glance over the shoulder. */
export function PasswordField({ label, value, onValue, hint, error = null, ...input }: TextFieldProps): ReactNode {
  const { t } = useTranslation();
  const [isShown, setIsShown] = useState(false);
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <span className="input-group">
          <input
            {...input}
            {...control}
            type={isShown ? 'text' : 'password'}
            className="input"
            spellCheck={false}
            autoCapitalize="none"
            maxLength={256}
            value={value}
            onChange={({ target }) => onValue(target.value)}
          />
          <button
            type="button"
            className="input-group__tool"
            aria-pressed={isShown}
            aria-label={t('access.form.showPassword')}
            onClick={() => setIsShown(!isShown)}
          >
            {isShown ? t('access.form.hide') : t('access.form.show')}
          </button>
        </span>
      )}
    </Field>
  );
}

/** What is wrong with a whole form. Announced when it appears. */
export function FormError({ children }: { children: ReactNode }): ReactNode {
  return (
    <div className="form-error" role="alert">
      {children && (
        <p>
          <SeverityMark kind="critical" />
          <span>{children}</span>
        </p>
      )}
    </div>
  );
}

/** After a refusal the keyboard stands in the first field that does not fit. `attempt` counts refusals. */
export function useFocusOnInvalid(attempt: number) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (attempt > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [attempt]);
  return form;
}
