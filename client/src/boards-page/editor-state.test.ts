import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boardSchema } from '../../../shared/board.ts';
import { type Change, type EditorState, openEditor, pageInView, type Step, step } from './editor-state.ts';
import { KINDS } from './new-tile.ts';
import { boardFrom, TEMPLATES } from './templates.ts';
import { A_BOARD } from './testing-board.ts';

const SHEET = { name: '热线', board: A_BOARD };
const opened = openEditor(SHEET);
const after = (state: EditorState, ...steps: readonly Step[]): EditorState => steps.reduce(step, state);
const placesOf = (state: EditorState) =>
  Object.fromEntries((pageInView(state)?.tiles ?? []).map(({ id, x, y, w, h }) => [id, [x, y, w, h].join()]));

/** A wish that may or may not be possible, about the page in view. */
interface Wish {
  readonly does: number;
  readonly which: number;
  readonly by: number;
}
const wishes = fc.record({ does: fc.nat(11), which: fc.nat(40), by: fc.integer({ min: -9, max: 9 }) });

function stepOf(state: EditorState, { does, which, by }: Wish): Step {
  const tiles = pageInView(state)?.tiles ?? [];
  const one = tiles[which % Math.max(1, tiles.length)];
  const tile = one?.id ?? 'none';
  const pages = state.sheet.board.pages;
  const steps: readonly Step[] = [
    { do: 'move', tile, dx: by, dy: which % 5 },
    { do: 'resize', tile, dw: by, dh: -(which % 3) },
    { do: 'duplicate', tile },
    { do: 'remove', tile },
    { do: 'add', kind: KINDS[which % KINDS.length] ?? 'clock' },
    { do: 'addPage', name: `${by}` },
    { do: 'removePage' },
    { do: 'movePage', by: by < 0 ? -1 : 1 },
    { do: 'setPage', name: `n${by}`, seconds: 20 + Math.abs(by) },
    { do: 'setProfile', profile: by < 0 ? 'agents' : 'supervisors' },
    { do: 'rename', name: `b${by}` },
    { do: 'turn', page: pages[which % pages.length]?.id ?? '' },
  ];
  return steps[does] ?? { do: 'choose', tile };
}

test('[BRD20] whatever is done, the board keeps its form, and undo and redo give back exactly what was', () => {
  let steps = 0;
  fc.assert(
    fc.property(fc.constantFrom(...TEMPLATES), fc.array(wishes, { minLength: 20, maxLength: 40 }), (template, list) => {
      const first = openEditor({ name: 'x', board: boardFrom(template, { now: 'n', day: 'd' }) });
      let state = first;
      for (const wish of list) {
        const before = state;
        state = step(before, stepOf(before, wish));
        expect(boardSchema.safeParse(state.sheet.board).error).toBeUndefined();
        expect(state.sheet.board.pages.map(({ id }) => id)).toContain(state.page);
        if (state.tile !== null && state.tile !== before.tile && state.sheet !== before.sheet)
          expect(pageInView(state)?.tiles.map(({ id }) => id)).toContain(state.tile);
        if (state.sheet === before.sheet) continue;
        steps++;
        const undone = step(state, { do: 'undo' });
        expect(undone.sheet).toBe(before.sheet);
        expect(step(undone, { do: 'redo' }).sheet).toBe(state.sheet);
      }
      const last = state.sheet;
      const taken = state.past.length;
      for (let i = 0; i < taken; i++) state = step(state, { do: 'undo' });
      expect(state.sheet).toBe(first.sheet);
      expect(step(state, { do: 'undo' })).toBe(state);
      for (let i = 0; i < taken; i++) state = step(state, { do: 'redo' });
      expect(state.sheet).toBe(last);
    }),
  );
  expect(steps).toBeGreaterThan(200);
});

test('[BRD20] a step that is not possible is none: there is nothing to undo', () => {
  const impossible: readonly Change[] = [
    { do: 'move', tile: 'a', dx: -1, dy: 0 },
    { do: 'move', tile: 'a', dx: 2, dy: 0 },
    { do: 'resize', tile: 'a', dw: -3, dh: 0 },
    { do: 'remove', tile: 'none' },
    { do: 'movePage', by: -1 },
    { do: 'rename', name: '热线' },
  ];
  for (const change of impossible) expect(step(opened, change)).toBe(opened);
});

test('[BRD20] typing in one field is one step, in two fields two', () => {
  const typed = after(
    opened,
    { do: 'rename', name: '二', typing: 'name' },
    { do: 'rename', name: '二楼', typing: 'name' },
    { do: 'setPage', name: '现', typing: 'page p1' },
  );
  expect(after(typed, { do: 'undo' }).sheet.name).toBe('二楼');
  expect(after(typed, { do: 'undo' }, { do: 'undo' }).sheet).toBe(SHEET);
});

test('[BRD20] what is new is chosen, and an undo turns to the page that it changes', () => {
  const added = after(opened, { do: 'add', kind: 'clock' });
  expect(added.tile).toBe(pageInView(added)?.tiles.at(-1)?.id);
  const copied = after(opened, { do: 'duplicate', tile: 'a' });
  expect(placesOf(copied)[copied.tile ?? '']).toBe('7,0,3,2');
  const elsewhere = after(added, { do: 'turn', page: 'p2' });
  expect(after(elsewhere, { do: 'undo' })).toMatchObject({ page: 'p1', sheet: SHEET });
  const grown = after(opened, { do: 'addPage', name: '三' });
  expect(pageInView(grown)?.name).toBe('三');
  expect(after(grown, { do: 'removePage' }).sheet.board).toEqual(A_BOARD);
});

test('[BRD20] settings stay with their tile wherever it is moved meanwhile', () => {
  const before = pageInView(opened)?.tiles[0];
  if (before?.kind !== 'number') throw new Error('a number is expected');
  const moved = after(opened, { do: 'move', tile: 'a', dx: 0, dy: 4 });
  const set = after(moved, { do: 'set', tile: { ...before, settings: { ...before.settings, metric: 'free' } } });
  expect(pageInView(set)?.tiles[0]).toMatchObject({ x: 0, y: 4, settings: { metric: 'free' } });
});
