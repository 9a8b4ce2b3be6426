/**
 * Places of tiles on a board's grid, and from how far they can be read. Pure, without schemas, so that a TV loads no more
 * than it needs. Lengths on a wall are in hundredths of the screen's height.
 */
import type { Board, Metric, Page, Tile } from './board.ts';
import { COLUMNS, fits, overlap, type Place, ROWS } from './grid.ts';

/** What is left of a 16:9 wall under its heading and its line of breaches, in twelfths and eighths. */
const CELL = { width: 14.1, height: 10.1 } as const;

/** Whether the place is free of every tile but the one named. */
const isFree = (tiles: readonly Tile[], place: Place, except = ''): boolean =>
  fits(place) && tiles.every((tile) => tile.id === except || !overlap(tile, place));

/** The same list where the place is taken or off the grid. */
function placeTile(tiles: readonly Tile[], id: string, place: Place): readonly Tile[] {
  const tile = tiles.find((one) => one.id === id);
  if (!tile || !isFree(tiles, place, id)) return tiles;
  const { x, y, w, h } = place;
  if (tile.x === x && tile.y === y && tile.w === w && tile.h === h) return tiles;
  return tiles.map((one) => (one.id === id ? { ...one, x, y, w, h } : one));
}

export function moveTile(tiles: readonly Tile[], id: string, dx: number, dy: number): readonly Tile[] {
  const tile = tiles.find((one) => one.id === id);
  return tile ? placeTile(tiles, id, { ...tile, x: tile.x + dx, y: tile.y + dy }) : tiles;
}

export function resizeTile(tiles: readonly Tile[], id: string, dw: number, dh: number): readonly Tile[] {
  const tile = tiles.find((one) => one.id === id);
  return tile ? placeTile(tiles, id, { ...tile, w: tile.w + dw, h: tile.h + dh }) : tiles;
}

/** The first free place in reading order, smaller where there is no room for the size; null on a full page. */
export function findPlace(tiles: readonly Tile[], { w, h }: Pick<Place, 'w' | 'h'>): Place | null {
  for (let height = h; height >= 1; height--)
    for (let width = w; width >= 1; width--)
      for (let y = 0; y + height <= ROWS; y++)
        for (let x = 0; x + width <= COLUMNS; x++) {
          const place = { x, y, w: width, h: height };
          if (isFree(tiles, place)) return place;
        }
  return null;
}

/** A copy beside it; the same list on a full page. */
export function duplicateTile(tiles: readonly Tile[], id: string, copyId: string): readonly Tile[] {
  const tile = tiles.find((one) => one.id === id);
  const place = tile && findPlace(tiles, tile);
  return tile && place ? [...tiles, { ...tile, ...place, id: copyId }] : tiles;
}

/** An id that no page and no tile of the board has. */
export function newId(board: Board): string {
  const taken = new Set(board.pages.flatMap(({ id, tiles }) => [id, ...tiles.map((tile) => tile.id)]));
  let number = taken.size + 1;
  while (taken.has(`t${number}`)) number++;
  return `t${number}`;
}

/** What callers wait is not for the eyes of those who cannot change it: it only hurries them. */
const HIDDEN_FROM_AGENTS: readonly string[] = ['waiting', 'longestWait'] satisfies Metric[];
export const isShown = (profile: Board['profile'], metric: string): boolean =>
  profile !== 'agents' || !HIDDEN_FROM_AGENTS.includes(metric);

/** Font size of a tile's leading figures; null where it has none. */
export function figureSize(tile: Tile): number | null {
  const width = tile.w * CELL.width;
  const height = tile.h * CELL.height;
  switch (tile.kind) {
    case 'number':
      return round(Math.min(height * 0.42, width * 0.27));
    case 'serviceLevel':
      return round(Math.min(height * 0.3, width * 0.18));
    case 'queues':
      return round(
        Math.min((height / (tile.settings.rows + 1)) * 0.6, width / (7 + tile.settings.columns.length * 3.6)),
      );
    case 'states':
      return round(Math.min(height * 0.3, width * 0.05));
    case 'clock':
      return round(Math.min(height * 0.5, width * 0.2));
    case 'notice': {
      // So many characters of about one em in lines of 1.35 em.
      const longest = Math.max(1, tile.settings.zh.length, tile.settings.en.length * 0.55);
      return round(Math.min(height * 0.4, Math.sqrt((width * height * 0.6) / (longest * 1.35))));
    }
    case 'heat':
      return round(Math.min((height / (tile.settings.rows + 1)) * 0.5, 3.4));
    case 'trend':
      return null;
  }
}

const DIGIT_EM = 0.72;
/** ISO 9241-3 and NUREG-0700: no digit below 16 minutes of arc at the farthest seat. */
const LEAST_ARC_RAD = ((16 / 60) * Math.PI) / 180;

/** How far away the tile's figures can be read on a TV of so many inches; null where it has none. */
export function readableToM(tile: Tile, tvInches: number): number | null {
  const size = figureSize(tile);
  if (size === null) return null;
  const screenMm = tvInches * 25.4 * (9 / Math.hypot(16, 9));
  return (size / 100) * screenMm * DIGIT_EM * (1 / Math.tan(LEAST_ARC_RAD) / 1_000);
}

/** Queues that a board names; what it shows of all of them is as much as the viewer may see. */
export const queuesNamed = (pages: readonly Page[]): readonly string[] => [
  ...new Set(
    pages.flatMap(({ tiles }) =>
      tiles.flatMap((tile): readonly string[] => {
        if (tile.kind === 'number' || tile.kind === 'serviceLevel')
          return tile.settings.scope.of === 'queue' ? [tile.settings.scope.queue] : [];
        return tile.kind === 'queues' || tile.kind === 'heat' ? (tile.settings.queues ?? []) : [];
      }),
    ),
  ),
];

const round = (value: number): number => Math.round(value * 100) / 100;
