/** The board that the address names, as it is public now. */
import { createContext, useContext, useEffect, useState } from 'react';
import type { PublishedBoard } from '../../../shared/api-boards.ts';
import { codeOf, request } from '../api.ts';

/** Which version is public, as the server tells a TV; undefined: nobody tells, so it is asked for now and then. */
export const BoardNumberContext = createContext<number | null | undefined>(undefined);

const ASK_EVERY_MS = 60_000;
const RETRY_MS = 15_000;

export interface ShownBoard {
  /** Null: nothing is known of it, or it cannot be found. */
  readonly board: PublishedBoard | null;
  /** `asking`: nothing kept, and no answer yet. `away`: nothing kept, and no answer. */
  readonly state: 'asking' | 'shown' | 'gone' | 'away';
}

/** `id` stays the same: another board is another page. */
export function usePublishedBoard(id: string | null): ShownBoard {
  const number = useContext(BoardNumberContext);
  const [shown, setShown] = useState<ShownBoard>(() => {
    const board = id === null ? null : keptBoard(id);
    return { board, state: board ? 'shown' : 'asking' };
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number is a reason to ask.
  useEffect(() => {
    if (id === null) return;
    const abort = new AbortController();
    let handle: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      let againMs = ASK_EVERY_MS;
      try {
        const board = await request('GET /api/v1/boards/{board}/published', {
          params: { board: id },
          signal: abort.signal,
        });
        keepBoard(board);
        setShown((before) => (isSame(before.board, board) ? before : { board, state: 'shown' }));
      } catch (error) {
        if (abort.signal.aborted) return;
        const isGone = codeOf(error) === 'board.unknown';
        if (isGone) keepBoard(null);
        else againMs = RETRY_MS;
        setShown((before) => {
          if (isGone) return { board: null, state: 'gone' };
          return before.state === 'asking' ? { board: null, state: 'away' } : before;
        });
      }
      if (!abort.signal.aborted) handle = setTimeout(() => void ask(), againMs);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(handle);
    };
  }, [id, number]);
  return shown;
}

const isSame = (a: PublishedBoard | null, b: PublishedBoard): boolean =>
  a !== null && a.number === b.number && a.name === b.name;

/** Another shape is another name: what an older version kept is not read. */
const KEY = 'floorcast.board.1';

/** What was public last, so that a wall that starts without a server has its frame. */
function keptBoard(id: string): PublishedBoard | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? 'null') as PublishedBoard | null;
    return kept?.id === id ? kept : null;
  } catch {
    // Without storage it is asked for first.
    return null;
  }
}

function keepBoard(board: PublishedBoard | null): void {
  try {
    if (board === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify(board));
  } catch {
    // Nothing depends on it.
  }
}
