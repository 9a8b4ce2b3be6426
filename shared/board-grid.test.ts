import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boardSchema, type Page, type Tile } from './board.ts';
import {
  duplicateTile,
  findPlace,
  isShown,
  moveTile,
  newId,
  queuesNamed,
  readableToM,
  resizeTile,
} from './board-grid.ts';
import { COLUMNS, fits, overlap, ROWS } from './grid.ts';

const tileOf = (id: string, x: number, y: number, w: number, h: number): Tile => ({
  ...{ id, x, y, w, h, kind: 'clock', settings: {} },
});
const pageOf = (tiles: readonly Tile[]): Page => ({ id: 'p1', name: '首页', seconds: 20, tiles: [...tiles] });
const boardOf = (tiles: readonly unknown[], over: object = {}) => ({
  ...{ schema: 1, profile: 'supervisors', pages: [{ id: 'p1', name: '首页', seconds: 20, tiles }] },
  ...over,
});
const issuesOf = (board: unknown) =>
  boardSchema.safeParse(board).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

type Step = readonly ['move' | 'resize', number, number, number] | readonly ['add' | 'copy', number, number, number];
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('move', 'resize', 'add', 'copy'),
  fc.nat(20),
  fc.integer({ min: -12, max: 12 }),
  fc.integer({ min: -8, max: 8 }),
);

function play(steps: readonly Step[]): readonly Tile[] {
  let tiles: readonly Tile[] = [];
  for (const [kind, which, a, b] of steps) {
    const id = tiles[which % Math.max(1, tiles.length)]?.id ?? '';
    const fresh = newId(boardSchema.parse(boardOf(tiles)));
    if (kind === 'move') tiles = moveTile(tiles, id, a, b);
    if (kind === 'resize') tiles = resizeTile(tiles, id, a, b);
    if (kind === 'copy') tiles = duplicateTile(tiles, id, fresh);
    const place = kind === 'add' && findPlace(tiles, { w: Math.abs(a) + 1, h: Math.abs(b) + 1 });
    if (place && fits(place)) tiles = [...tiles, tileOf(fresh, place.x, place.y, place.w, place.h)];
  }
  return tiles;
}

test('[BRD2] whatever is moved, resized, copied and added, no tile leaves the grid and none lies on another', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const tiles = play(steps).slice(0, 40);
      for (const [i, one] of tiles.entries()) {
        expect(fits(one)).toBe(true);
        expect(tiles.slice(0, i).some((other) => overlap(one, other))).toBe(false);
      }
      expect(issuesOf(boardOf(tiles))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test('[BRD2] a move that is possible is undone by its opposite, one that is not changes nothing at all', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), fc.nat(20), fc.nat(4), fc.nat(4), (steps, which, dx, dy) => {
      const tiles = play(steps);
      const id = tiles[which % Math.max(1, tiles.length)]?.id ?? '';
      const moved = moveTile(tiles, id, dx, dy);
      if (moved !== tiles) expect(moveTile(moved, id, -dx, -dy)).toEqual(tiles);
    }),
  );
  const tiles = [tileOf('a', 0, 0, 2, 2), tileOf('b', 2, 0, 2, 2)];
  expect(moveTile(tiles, 'a', 1, 0)).toBe(tiles);
  expect(moveTile(tiles, 'a', -1, 0)).toBe(tiles);
  expect(resizeTile(tiles, 'a', 0, 7)).toBe(tiles);
  expect(resizeTile(tiles, 'a', -2, 0)).toBe(tiles);
  expect(moveTile(tiles, 'nobody', 1, 0)).toBe(tiles);
  expect(moveTile(tiles, 'a', 0, 2)).toEqual([tileOf('a', 0, 2, 2, 2), tiles[1]]);
});

test('[BRD2] a copy takes the first place that is free, on a full page there is none', () => {
  expect(duplicateTile([tileOf('a', 0, 0, 3, 2)], 'a', 'b')[1]).toEqual(tileOf('b', 3, 0, 3, 2));
  const full = [tileOf('a', 0, 0, COLUMNS, ROWS)];
  expect(duplicateTile(full, 'a', 'b')).toBe(full);
  // Smaller where only a strip is left.
  expect(findPlace([tileOf('a', 0, 0, COLUMNS, ROWS - 1)], { w: 4, h: 3 })).toEqual({ x: 0, y: 7, w: 4, h: 1 });
});

test('[BRD1] what does not fit is refused with its place', () => {
  const number = (over: object) => ({
    ...tileOf('a', 0, 0, 2, 2),
    kind: 'number',
    settings: { metric: 'waiting', scope: { of: 'site' }, hasTarget: true, ...over },
  });
  expect(issuesOf(boardOf([number({})]))).toEqual([]);
  expect(issuesOf(boardOf([tileOf('a', 11, 0, 2, 2)]))).toEqual(['pages.0.tiles.0.x: leaves the grid of 12 by 8']);
  expect(issuesOf(boardOf([tileOf('a', 0, 0, 2, 2), tileOf('b', 1, 1, 2, 2)]))).toEqual([
    'pages.0.tiles.1.x: lies on tile a',
  ]);
  expect(issuesOf(boardOf([tileOf('p1', 0, 0, 2, 2)]))).toEqual(['pages.0.tiles.0.id: the id p1 is there twice']);
  expect(issuesOf(boardOf([number({ metric: 'free', scope: { of: 'group', group: '售后' } })]))[0]).toContain(
    'pages.0.tiles.0.settings.metric',
  );
  expect(issuesOf(boardOf([number({ colour: 'red' })]))[0]).toContain('pages.0.tiles.0.settings');
  expect(issuesOf(boardOf([], { schema: 2 }))[0]).toContain('schema');
  expect(issuesOf(boardOf([], { pages: [] }))[0]).toContain('pages');
});

test('[BRD3] digits are readable as far as the research says', () => {
  // On 65 inches digits of 4.8 hundredths of the height reach 6 m at 16 minutes of arc; these have 3.4.
  const heat = (rows: number): Tile => ({
    ...tileOf('a', 0, 0, 12, 8),
    kind: 'heat',
    settings: { queues: null, rows },
  });
  const reach = readableToM(heat(6), 65) ?? 0;
  expect(reach / 3.4).toBeCloseTo(6 / 4.8, 1);
  expect(readableToM(heat(6), 130)).toBeCloseTo(reach * 2, 5);
  expect(readableToM({ ...tileOf('a', 0, 0, 4, 4), kind: 'trend', settings: {} }, 65)).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), fc.integer({ min: 1, max: 7 }), (w, h) => {
      const small = readableToM(tileOf('a', 0, 0, w, h), 55) ?? 0;
      expect(readableToM(tileOf('a', 0, 0, w + 1, h + 1), 55)).toBeGreaterThan(small);
    }),
  );
});

test('[BRD4] agents are not shown who waits and how long', () => {
  expect(isShown('agents', 'waiting')).toBe(false);
  expect(isShown('agents', 'longestWait')).toBe(false);
  expect(isShown('agents', 'serviceLevel')).toBe(true);
  expect(isShown('supervisors', 'waiting')).toBe(true);
});

test('[BRD6] every queue that a board names is found', () => {
  const tiles: Tile[] = [
    { ...tileOf('a', 0, 0, 2, 2), kind: 'serviceLevel', settings: { scope: { of: 'queue', queue: '600' } } },
    { ...tileOf('b', 2, 0, 2, 2), kind: 'heat', settings: { queues: ['601', '600'], rows: 3 } },
    { ...tileOf('c', 4, 0, 4, 4), kind: 'queues', settings: { queues: ['602'], columns: ['waiting'], rows: 3 } },
    {
      ...tileOf('d', 8, 0, 2, 2),
      kind: 'number',
      settings: { metric: 'offered', scope: { of: 'queue', queue: '603' }, hasTarget: false },
    },
    { ...tileOf('e', 10, 0, 2, 2), kind: 'serviceLevel', settings: { scope: { of: 'site' } } },
  ];
  expect(queuesNamed([pageOf(tiles)])).toEqual(['600', '601', '602', '603']);
});
