import type { ButtonHTMLAttributes, ReactNode } from 'react';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  /** Its work is under way: it keeps the focus but does nothing. */
  readonly isBusy?: boolean;
}

export function Button({ kind = 'plain', isBusy = false, type = 'button', ...rest }: ButtonProps): ReactNode {
  const { onClick, className = '', children, ...others } = rest;
  return (
    <button
      {...others}
      type={type}
      className={`button button--${kind} ${className}`}
      aria-disabled={isBusy || others['aria-disabled'] || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {children}
    </button>
  );
}
