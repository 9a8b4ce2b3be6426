/** What is being designed, what it was before, and what is chosen of it. Pure. */
import type { Board, Page, Tile } from '../../../shared/board.ts';
import { duplicateTile, findPlace, moveTile, newId, resizeTile } from '../../../shared/board-grid.ts';
import { newTile, sizeOf } from './new-tile.ts';

const MOST_PAGES = 12;
const MOST_TILES = 40;
/** Steps that can be taken back. */
const KEPT = 200;

/** What is saved. */
export interface Sheet {
  readonly name: string;
  readonly board: Board;
}

export interface EditorState {
  readonly past: readonly Sheet[];
  readonly sheet: Sheet;
  readonly future: readonly Sheet[];
  /** The page in view. */
  readonly page: string;
  /** The tile that keys and settings are about. */
  readonly tile: string | null;
  /** What the last step was typed into: more typing there is the same step. */
  readonly typing: string | null;
}

export type Change =
  | { readonly do: 'move'; readonly tile: string; readonly dx: number; readonly dy: number }
  | { readonly do: 'resize'; readonly tile: string; readonly dw: number; readonly dh: number }
  | { readonly do: 'duplicate' | 'remove'; readonly tile: string }
  | { readonly do: 'add'; readonly kind: Tile['kind'] }
  /** Its settings; where it lies stays. */
  | { readonly do: 'set'; readonly tile: Tile; readonly typing?: string }
  | { readonly do: 'addPage'; readonly name: string }
  | { readonly do: 'removePage' }
  | { readonly do: 'movePage'; readonly by: -1 | 1 }
  | { readonly do: 'setPage'; readonly name?: string; readonly seconds?: number; readonly typing?: string }
  | { readonly do: 'setProfile'; readonly profile: Board['profile'] }
  | { readonly do: 'rename'; readonly name: string; readonly typing?: string }
  /** What somebody else saved. */
  | { readonly do: 'take'; readonly sheet: Sheet };

export type Step =
  | Change
  | { readonly do: 'undo' | 'redo' }
  | { readonly do: 'choose'; readonly tile: string | null }
  | { readonly do: 'turn'; readonly page: string };

export const openEditor = (sheet: Sheet): EditorState => ({
  ...{ past: [], sheet, future: [], tile: null, typing: null },
  page: sheet.board.pages[0]?.id ?? '',
});

export function step(state: EditorState, next: Step): EditorState {
  switch (next.do) {
    case 'undo': {
      const sheet = state.past.at(-1);
      if (!sheet) return state;
      const turned = { ...state, past: state.past.slice(0, -1), future: [state.sheet, ...state.future] };
      return looking({ ...turned, sheet, typing: null }, state.sheet);
    }
    case 'redo': {
      const [sheet, ...future] = state.future;
      if (!sheet) return state;
      return looking({ ...state, past: [...state.past, state.sheet], future, sheet, typing: null }, state.sheet);
    }
    case 'choose':
      return state.tile === next.tile ? state : { ...state, tile: next.tile, typing: null };
    case 'turn':
      return state.page === next.page ? state : { ...state, page: next.page, tile: null, typing: null };
    default:
      return changed(state, next);
  }
}

function changed(state: EditorState, change: Change): EditorState {
  const sheet = apply(state, change);
  if (sheet === state.sheet) return state;
  const typing = 'typing' in change ? (change.typing ?? null) : null;
  const isSame = typing !== null && typing === state.typing;
  const past = isSame ? state.past : [...state.past, state.sheet].slice(-KEPT);
  return looking({ ...state, past, sheet, future: [], typing }, state.sheet);
}

/** The same sheet where it is not possible. */
function apply({ sheet, page: pageId }: EditorState, change: Change): Sheet {
  const { board } = sheet;
  const page = board.pages.find(({ id }) => id === pageId);
  if (!page) return sheet;
  const tiles = page.tiles;
  switch (change.do) {
    case 'move':
      return withTiles(sheet, page, moveTile(tiles, change.tile, change.dx, change.dy));
    case 'resize':
      return withTiles(sheet, page, resizeTile(tiles, change.tile, change.dw, change.dh));
    case 'duplicate':
      if (tiles.length >= MOST_TILES) return sheet;
      return withTiles(sheet, page, duplicateTile(tiles, change.tile, newId(board)));
    case 'remove': {
      const rest = tiles.filter(({ id }) => id !== change.tile);
      return withTiles(sheet, page, rest.length === tiles.length ? tiles : rest);
    }
    case 'add': {
      const place = tiles.length < MOST_TILES ? findPlace(tiles, sizeOf(change.kind)) : null;
      if (!place) return sheet;
      return withTiles(sheet, page, [...tiles, newTile(change.kind, newId(board), place, board.profile)]);
    }
    case 'set':
      return withTiles(sheet, page, settled(tiles, change.tile));
    case 'addPage':
      if (board.pages.length >= MOST_PAGES) return sheet;
      return withPages(sheet, [...board.pages, { id: newId(board), name: change.name, seconds: 20, tiles: [] }]);
    case 'removePage':
      return board.pages.length < 2 ? sheet : withPages(sheet, without(board.pages, pageId));
    case 'movePage':
      return withPages(sheet, shifted(board.pages, pageId, change.by));
    case 'setPage': {
      const { name = page.name, seconds = page.seconds } = change;
      if (name === page.name && seconds === page.seconds) return sheet;
      return withPages(sheet, replaced(board.pages, { ...page, name, seconds }));
    }
    case 'setProfile':
      return change.profile === board.profile ? sheet : { ...sheet, board: { ...board, profile: change.profile } };
    case 'rename':
      return change.name === sheet.name ? sheet : { ...sheet, name: change.name };
    case 'take':
      return change.sheet;
  }
}

function settled(tiles: readonly Tile[], tile: Tile): readonly Tile[] {
  const before = tiles.find(({ id }) => id === tile.id);
  if (!before || before.kind !== tile.kind || JSON.stringify(before.settings) === JSON.stringify(tile.settings))
    return tiles;
  const { x, y, w, h } = before;
  return tiles.map((one) => (one.id === tile.id ? { ...tile, x, y, w, h } : one));
}

const withTiles = (sheet: Sheet, page: Page, tiles: readonly Tile[]): Sheet =>
  tiles === page.tiles ? sheet : withPages(sheet, replaced(sheet.board.pages, { ...page, tiles: [...tiles] }));

const withPages = (sheet: Sheet, pages: readonly Page[]): Sheet =>
  pages === sheet.board.pages ? sheet : { ...sheet, board: { ...sheet.board, pages: [...pages] } };

const replaced = (pages: readonly Page[], page: Page): readonly Page[] =>
  pages.map((one) => (one.id === page.id ? page : one));

const without = (pages: readonly Page[], id: string): readonly Page[] => pages.filter((page) => page.id !== id);

function shifted(pages: readonly Page[], id: string, by: number): readonly Page[] {
  const from = pages.findIndex((page) => page.id === id);
  const to = from + by;
  const page = pages[from];
  if (!page || to < 0 || to >= pages.length) return pages;
  const rest = without(pages, id);
  return [...rest.slice(0, to), page, ...rest.slice(to)];
}

/** In view stays, or comes, what a step changed; chosen stays what is still there, or becomes what is new. */
function looking(state: EditorState, before: Sheet): EditorState {
  const { pages } = state.sheet.board;
  const old = new Map(before.board.pages.map((page) => [page.id, page]));
  const touched = pages.filter((page) => old.get(page.id) !== page);
  const index = before.board.pages.findIndex(({ id }) => id === state.page);
  const stays = pages.find(({ id }) => id === state.page);
  const page = stays && (touched.length === 0 || touched.includes(stays)) ? stays : (touched[0] ?? stays ?? null);
  const shown = page ?? pages[Math.min(Math.max(0, index), pages.length - 1)];
  const known = new Set(old.get(shown?.id ?? '')?.tiles.map(({ id }) => id));
  const fresh = stays === shown && shown?.tiles.filter(({ id }) => !known.has(id));
  const isThere = shown?.tiles.some(({ id }) => id === state.tile) ?? false;
  const tile = fresh && fresh.length === 1 ? (fresh[0]?.id ?? null) : isThere ? state.tile : null;
  return { ...state, page: shown?.id ?? '', tile };
}

export const pageInView = ({ sheet, page }: Pick<EditorState, 'sheet' | 'page'>): Page | undefined =>
  sheet.board.pages.find(({ id }) => id === page);
