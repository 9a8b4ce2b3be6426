/** A tile under the hand: it follows as far as the laws of the grid let it. Pure. */
import type { Tile } from '../../../shared/board.ts';
import { moveTile, resizeTile } from '../../../shared/board-grid.ts';
import { COLUMNS, ROWS } from '../../../shared/grid.ts';

export interface Drag {
  readonly tile: string;
  readonly does: 'move' | 'resize';
  /** By how many cells: the last that was possible. */
  readonly dx: number;
  readonly dy: number;
  /** The hand is where the tile cannot be. */
  readonly isBlocked: boolean;
}

export const startDrag = (tile: string, does: Drag['does']): Drag => ({ tile, does, dx: 0, dy: 0, isBlocked: false });

export const afterDrag = (tiles: readonly Tile[], { tile, does, dx, dy }: Drag): readonly Tile[] =>
  does === 'move' ? moveTile(tiles, tile, dx, dy) : resizeTile(tiles, tile, dx, dy);

/** `moved`: by how much of the canvas the hand moved, as shares of its width and height. */
export function drag(tiles: readonly Tile[], before: Drag, moved: { readonly x: number; readonly y: number }): Drag {
  const wanted = { ...before, dx: Math.round(moved.x * COLUMNS) || 0, dy: Math.round(moved.y * ROWS) || 0 };
  const isHome = wanted.dx === 0 && wanted.dy === 0;
  if (isHome || afterDrag(tiles, wanted) !== tiles) return { ...wanted, isBlocked: false };
  return before.isBlocked ? before : { ...before, isBlocked: true };
}
