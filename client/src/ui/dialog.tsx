import { type ReactNode, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';

interface DialogProps {
  readonly title: ReactNode;
  readonly size?: 'small' | 'normal' | 'wide';
  /**
   * Asked for by Esc, by the cross and by the system's "back". Whoever owns the dialog takes it away, or asks first.
   * Without it only what stands in the dialog leads out: for what is shown once.
   */
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** Modal for as long as it is rendered; the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({ title, size = 'normal', onClose, children }: DialogProps): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) {
      element.showModal();
      // Otherwise the cross, which stands first, would have it.
      element.querySelector<HTMLElement>('form :is(input, select, textarea):not([tabindex="-1"])')?.focus();
    }
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`dialog dialog--${size}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (event.target === event.currentTarget) onClose?.();
      }}
      onKeyDown={(event) => {
        // Browsers close a dialog at the second Esc whatever `cancel` says; a draft must outlive that.
        event.stopPropagation();
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onClose?.();
      }}
    >
      <div className="dialog__head">
        <h2 className="dialog__title" id={id}>
          {title}
        </h2>
        {onClose && (
          <button type="button" className="dialog__close" aria-label={t('access.form.close')} onClick={onClose}>
            <svg viewBox="0 0 16 16" aria-hidden="true">
              <path d="m3.5 3.5 9 9m0-9-9 9" fill="none" stroke="currentColor" strokeWidth="1.5" />
            </svg>
          </button>
        )}
      </div>
      {children}
    </dialog>
  );
}
