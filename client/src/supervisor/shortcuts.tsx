import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Calls back for keys pressed anywhere but in a field; named in lower case. */
export function useShortcuts(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement | null;
      const isTyping = target?.closest('input, select, textarea, [contenteditable]') != null;
      // What is modal has keys of its own.
      if (isTyping || document.querySelector('dialog[open]') || event.ctrlKey || event.metaKey || event.altKey) return;
      const run = latest.current[event.key.toLowerCase()];
      if (!run) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Ctrl+K, or Command+K: from anywhere, fields and drawers included. */
export function usePaletteKey(open: () => void): void {
  const latest = useRef(open);
  latest.current = open;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k')
        return;
      // Browsers would go to their search field.
      event.preventDefault();
      latest.current();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (isOpen && !element.open) element.showModal();
    if (!isOpen && element.open) element.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="help" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title">{t('floor.shortcuts')}</h2>
      <dl>
        <dt>
          <kbd>Ctrl</kbd> <kbd>K</kbd>
        </dt>
        <dd>{t('palette.title')}</dd>
        <dt>
          <kbd>/</kbd>
        </dt>
        <dd>{t('floor.keyFilter')}</dd>
        <dt>
          <kbd>↑</kbd> <kbd>↓</kbd>
        </dt>
        <dd>{t('floor.keyMove')}</dd>
        <dt>
          <kbd>Enter</kbd>
        </dt>
        <dd>{t('floor.keyOpen')}</dd>
        <dt>
          <kbd>A</kbd>
        </dt>
        <dd>{t('floor.keyAct')}</dd>
        <dt>
          <kbd>Home</kbd> <kbd>End</kbd>
        </dt>
        <dd>{t('floor.keyEnds')}</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>{t('floor.keyEscape')}</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>{t('floor.keyHelp')}</dd>
      </dl>
      <button type="button" className="tool" onClick={onClose}>
        {t('floor.close')}
      </button>
    </dialog>
  );
}
