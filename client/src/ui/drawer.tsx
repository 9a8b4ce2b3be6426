import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';
import './drawer.css';

interface DrawerProps {
  /** Id of the heading inside. */
  readonly labelledBy: string;
  /** `wide` for tables. */
  readonly size?: 'normal' | 'wide';
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A sheet at the right edge, all of the window on a phone. Modal: the browser keeps focus inside, closes on Esc, and gives
 * focus back to where it came from.
 */
export function Drawer({ labelledBy, size = 'normal', onClose, children }: DrawerProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useModal(dialog);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc does the same for the keyboard.
    <dialog
      ref={dialog}
      className="drawer"
      data-size={size}
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        // Whoever opened it decides when it is gone; it may be an entry of the history.
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="drawer__sheet">{children}</div>
    </dialog>
  );
}

/** Opens the dialog while it is there. Focus goes to what `data-autofocus` marks, else to the first control. */
export function useModal(dialog: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const element = dialog.current;
    const cameFrom = document.activeElement;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      element?.close();
      if (cameFrom instanceof HTMLElement && cameFrom.isConnected) cameFrom.focus({ preventScroll: true });
    };
  }, [dialog]);
}
