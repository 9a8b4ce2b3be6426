import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTitle } from '../access/gate.tsx';
import { useLive } from '../live/use-live.tsx';
import { BoardWall, EmptyWall } from './board-wall.tsx';
import { usePublishedBoard } from './published-board.ts';
import { StandardWall } from './standard-wall.tsx';

/** The wall that the address asks for: the board that it names, or the standard one. */
export function Wall(): ReactNode {
  const { t } = useTranslation();
  const { site } = useLive();
  const id = useMemo(() => new URLSearchParams(location.search).get('board'), []);
  const wished = id === 'standard' ? null : id;
  const { board, state } = usePublishedBoard(wished);
  const isElsewhere = board !== null && site !== '' && board.site !== site;
  useTitle(board && !isElsewhere ? board.name : t('app.wall'));
  if (wished !== null && state === 'asking') return <EmptyWall board={wished} />;
  if (board !== null && !isElsewhere) return <BoardWall board={board} />;
  return <StandardWall note={state === 'gone' || isElsewhere ? t('shown.gone') : null} />;
}
