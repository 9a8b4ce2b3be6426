import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useModal } from '../ui/drawer.tsx';
import { Given } from '../ui/given.tsx';
import { type Command, findCommands } from './palette-search.ts';
import './command-palette.css';

/** Everything the floor can show or do, by typing. There only while it is open. */
export function CommandPalette({
  commands,
  onClose,
}: {
  commands: readonly Command[];
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  useModal(dialog);
  const found = useMemo(() => findCommands(commands, text), [commands, text]);
  const at = Math.min(active, found.length - 1);
  const run = (command: Command | undefined): void => {
    if (!command) return;
    // First, so that focus is back where it was when the command takes it further.
    dialog.current?.close();
    onClose();
    command.run();
  };
  const go = (next: number): void => {
    setActive(next);
    list.current?.querySelector(`[data-at="${next}"]`)?.scrollIntoView?.({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const last = found.length - 1;
    const next = {
      ArrowDown: at + 1 > last ? 0 : at + 1,
      ArrowUp: at - 1 < 0 ? last : at - 1,
      PageDown: last,
      PageUp: 0,
    }[event.key];
    // A Chinese word under way ends with Enter too.
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(found[at]);
    else if (next !== undefined && last >= 0) go(next);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc does the same for the keyboard.
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t('palette.title')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <input
        className="palette__input"
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-autocomplete="list"
        {...(found.length > 0 && { 'aria-activedescendant': `${id}${at}` })}
        aria-label={t('palette.title')}
        placeholder={t('palette.placeholder')}
        value={text}
        data-autofocus
        onChange={({ target }) => {
          setText(target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette__list" id={`${id}list`} role="listbox" aria-label={t('palette.title')} ref={list}>
        {found.map((command, index) => (
          <div key={command.id} role="presentation">
            {command.group !== found[index - 1]?.group && (
              <p className="palette__group" role="presentation">
                {command.group}
              </p>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the field does the same. */}
            <div
              id={`${id}${index}`}
              className="palette__item"
              role="option"
              aria-selected={index === at}
              data-at={index}
              onClick={() => run(command)}
              onPointerMove={() => setActive(index)}
            >
              <Given text={command.name} />
              {command.hint && <Given text={command.hint} className="quiet" />}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="palette__none quiet">{t('palette.none')}</p>}
    </dialog>
  );
}
