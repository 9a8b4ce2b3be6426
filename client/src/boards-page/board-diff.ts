/** How a draft differs from what is public, counted. Pure. */
import type { Tile } from '../../../shared/board.ts';
import type { Sheet } from './editor-state.ts';

export const DIFFERENCES = [
  'renamed',
  'profile',
  'pagesAdded',
  'pagesRemoved',
  'pagesChanged',
  'tilesAdded',
  'tilesRemoved',
  'tilesMoved',
  'tilesChanged',
] as const;
export type Difference = (typeof DIFFERENCES)[number];
export type Differences = Readonly<Record<Difference, number>>;

const placeOf = ({ x, y, w, h }: Tile): string => [x, y, w, h].join();

export function differences(before: Sheet, after: Sheet): Differences {
  const oldPages = before.board.pages;
  const newPages = after.board.pages;
  const oldTiles = tilesOf(before);
  const newTiles = tilesOf(after);
  const kept = [...newTiles].flatMap(([id, now]) => {
    const old = oldTiles.get(id);
    return old ? [{ old, now }] : [];
  });
  const keptPages = oldPages.filter(({ id }) => newPages.some((page) => page.id === id));
  const order = newPages.filter(({ id }) => keptPages.some((page) => page.id === id));
  const count = <T>(list: readonly T[], isSo: (one: T, index: number) => boolean): number => list.filter(isSo).length;
  return {
    renamed: before.name === after.name ? 0 : 1,
    profile: before.board.profile === after.board.profile ? 0 : 1,
    pagesAdded: newPages.length - order.length,
    pagesRemoved: oldPages.length - keptPages.length,
    pagesChanged: count(order, (page, i) => {
      const old = oldPages.find(({ id }) => id === page.id);
      return keptPages[i]?.id !== page.id || old?.name !== page.name || old.seconds !== page.seconds;
    }),
    tilesAdded: newTiles.size - kept.length,
    tilesRemoved: oldTiles.size - kept.length,
    tilesMoved: count(kept, ({ old, now }) => placeOf(old.tile) !== placeOf(now.tile) || old.page !== now.page),
    tilesChanged: count(
      kept,
      ({ old, now }) =>
        old.tile.kind !== now.tile.kind || JSON.stringify(old.tile.settings) !== JSON.stringify(now.tile.settings),
    ),
  };
}

const tilesOf = ({ board }: Sheet) =>
  new Map(board.pages.flatMap(({ id: page, tiles }) => tiles.map((tile) => [tile.id, { page, tile }] as const)));
