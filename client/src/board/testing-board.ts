import type { PublishedBoard } from '../../../shared/api-boards.ts';
import type { Board, Tile } from '../../../shared/board.ts';

/** Every kind of tile once, on two pages. */
const TILES: readonly Tile[] = [
  numberTile('n1', { x: 0, w: 3 }, { metric: 'waiting', scope: { of: 'site' }, hasTarget: true }),
  numberTile('n2', { x: 3, w: 3 }, { metric: 'longestWait', scope: { of: 'queue', queue: '601' }, hasTarget: true }),
  numberTile('n3', { x: 6, w: 3 }, { metric: 'free', scope: { of: 'site' }, hasTarget: false }),
  { ...{ id: 'c1', x: 9, y: 0, w: 3, h: 2 }, kind: 'clock', settings: {} },
  { ...{ id: 'l1', x: 0, y: 2, w: 4, h: 3 }, kind: 'serviceLevel', settings: { scope: { of: 'site' } } },
  {
    ...{ id: 'q1', x: 4, y: 2, w: 8, h: 3 },
    kind: 'queues',
    settings: { queues: null, columns: ['waiting', 'longestWait', 'serviceLevel', 'free'], rows: 3 },
  },
  { ...{ id: 's1', x: 0, y: 5, w: 12, h: 2 }, kind: 'states', settings: {} },
  {
    ...{ id: 'w1', x: 0, y: 7, w: 12, h: 1 },
    kind: 'notice',
    settings: { zh: '今晚系统升级', en: 'Upgrade tonight' },
  },
];

function numberTile(
  id: string,
  place: { readonly x: number; readonly w: number },
  settings: Extract<Tile, { kind: 'number' }>['settings'],
): Tile {
  return { id, y: 0, h: 2, ...place, kind: 'number', settings };
}

const SECOND: readonly Tile[] = [
  { ...{ id: 't1', x: 0, y: 0, w: 12, h: 4 }, kind: 'trend', settings: {} },
  { ...{ id: 'h1', x: 0, y: 4, w: 12, h: 4 }, kind: 'heat', settings: { queues: ['600'], rows: 3 } },
];

export const boardOf = (profile: Board['profile'] = 'supervisors'): Board => ({
  ...{ schema: 1, profile },
  pages: [
    { id: 'p1', name: '总览', seconds: 10, tiles: [...TILES] },
    { id: 'p2', name: '走势', seconds: 40, tiles: [...SECOND] },
  ],
});

export const publishedBoard = (over: Partial<PublishedBoard> = {}): PublishedBoard => ({
  ...{ id: 'b1', site: 'main', name: '早班看板', number: 1, board: boardOf() },
  ...over,
});
