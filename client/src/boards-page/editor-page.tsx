import { type ReactNode, useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { fetchQueueNames } from '../access/access-api.ts';
import { LoadState } from '../access/load-state.tsx';
import { useLoad } from '../ui/use-load.ts';
import { BoardEditor } from './board-editor.tsx';
import { fetchBoard, fetchGroups } from './boards-api.ts';
import '../access/access.css';
import './editor.css';

/** One board: what it is comes first, then it is designed here until the page is left. */
export function EditorPage({ board }: { board: string }): ReactNode {
  const { t } = useTranslation();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const stored = await fetchBoard(board, signal);
      const [queues, groups] = await Promise.all([
        fetchQueueNames(stored.site, signal),
        fetchGroups(stored.site, signal),
      ]);
      return { stored, names: { queues, groups } };
    },
    [board],
  );
  const loaded = useLoad(load);
  if (loaded.data) return <BoardEditor first={loaded.data.stored} names={loaded.data.names} />;
  return (
    <main className="designer__wait">
      <LoadState loaded={loaded}>{null}</LoadState>
      <a href="/boards">{t('boards.editor.back')}</a>
    </main>
  );
}
