import type { TFunction } from 'i18next';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { changeBoard, fetchBoard } from './boards-api.ts';
import { DraftSaver, type SaveState } from './draft-saver.ts';
import { type EditorState, openEditor, pageInView, type Step, step } from './editor-state.ts';
import { placeOfTile, type SiteNames, tileText } from './tile-words.ts';

export interface Editor {
  readonly state: EditorState;
  readonly act: (step: Step) => void;
  readonly saver: DraftSaver;
  readonly save: SaveState;
  /** As the server told it last: what is public of it. */
  readonly stored: StoredBoard;
  /** What the last step did, for those who do not see it. */
  readonly said: string;
}

export function useEditor(first: StoredBoard, names: SiteNames): Editor {
  const { t } = useTranslation();
  const saver = useMemo(() => saverOf(first), [first]);
  const save = useSyncExternalStore(saver.subscribe, saver.state);
  const stored = useSyncExternalStore(saver.subscribe, saver.stored);
  const [state, setState] = useState(() => openEditor({ name: first.name, board: first.draft }));
  const [said, setSaid] = useState('');
  const latest = useRef(state);
  const focus = useRef<string | null>(null);

  const act = useCallback(
    (next: Step): void => {
      const before = latest.current;
      const after = step(before, next);
      latest.current = after;
      focus.current = focusAfter(before, after, next);
      if ('tile' in next || next.do === 'add') setSaid(sayingOf(t, before, after, next, names));
      if (after === before) return;
      setState(after);
      saver.edit(after.sheet);
    },
    [saver, t, names],
  );

  useEffect(() => {
    // A tile that came, or its neighbour when it went: the keyboard must not be left standing nowhere.
    if (focus.current === null) return;
    const selector = focus.current === '' ? '.palette button' : `[data-tile="${focus.current}"]`;
    focus.current = null;
    document.querySelector<HTMLElement>(selector)?.focus();
  });
  useEffect(() => {
    const look = (): void => {
      // It says itself when it cannot save; that it cannot look is no news.
      if (document.visibilityState === 'visible') saver.look().catch(() => {});
    };
    const stay = (event: BeforeUnloadEvent): void => {
      if (saver.state().is !== 'saved') event.preventDefault();
    };
    window.addEventListener('focus', look);
    const undo = (event: KeyboardEvent): void => undoKeys(event, act);
    window.addEventListener('beforeunload', stay);
    window.addEventListener('keydown', undo);
    return () => {
      window.removeEventListener('focus', look);
      window.removeEventListener('beforeunload', stay);
      window.removeEventListener('keydown', undo);
    };
  }, [saver, act]);
  return { state, act, saver, save, stored, said };
}

const saverOf = (stored: StoredBoard): DraftSaver =>
  new DraftSaver(stored, {
    save: (version, { name, board }) => changeBoard(stored.id, { version, name, board }),
    read: () => fetchBoard(stored.id),
    later: (run, ms) => {
      const handle = setTimeout(run, ms);
      return () => clearTimeout(handle);
    },
  });

/** Null: where it is. Empty: there is no tile left. */
function focusAfter(before: EditorState, after: EditorState, next: Step): string | null {
  if (next.do === 'add' || next.do === 'duplicate') return after.sheet === before.sheet ? null : after.tile;
  if (next.do !== 'remove' || after.sheet === before.sheet) return null;
  const tiles = pageInView(before)?.tiles ?? [];
  const index = tiles.findIndex(({ id }) => id === next.tile);
  return (tiles[index + 1] ?? tiles[index - 1])?.id ?? '';
}

function sayingOf(t: TFunction, before: EditorState, after: EditorState, next: Step, names: SiteNames): string {
  const find = (state: EditorState, id: string | null) => pageInView(state)?.tiles.find((tile) => tile.id === id);
  const isSame = after.sheet === before.sheet;
  switch (next.do) {
    case 'move':
    case 'resize': {
      const tile = find(after, next.tile);
      if (!tile) return '';
      return isSame
        ? t('boards.tile.noRoom')
        : t('boards.tile.moved', { what: tileText(t, tile, names), place: placeOfTile(t, tile) });
    }
    case 'add':
    case 'duplicate': {
      const tile = find(after, after.tile);
      return isSame || !tile ? t('boards.tile.pageFull') : t('boards.tile.added', { what: tileText(t, tile, names) });
    }
    case 'remove': {
      const tile = find(before, next.tile);
      return tile ? t('boards.tile.removed', { what: tileText(t, tile, names) }) : '';
    }
    default:
      return '';
  }
}

/** Text fields have an undo of their own. */
function undoKeys(event: KeyboardEvent, act: (step: { do: 'undo' | 'redo' }) => void): void {
  const { target } = event;
  const isText =
    target instanceof HTMLElement && target.matches('input:not([type="radio"], [type="checkbox"]), textarea');
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isText) return;
  const key = event.key.toLowerCase();
  if (key !== 'z' && key !== 'y') return;
  event.preventDefault();
  act({ do: key === 'y' || event.shiftKey ? 'redo' : 'undo' });
}
