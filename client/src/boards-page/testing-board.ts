import type { StoredBoard } from '../../../shared/api-boards.ts';
import type { Board } from '../../../shared/board.ts';

/** Two numbers in the upper left, and a second page with nothing on it. */
export const A_BOARD: Board = {
  schema: 1,
  profile: 'supervisors',
  pages: [
    {
      ...{ id: 'p1', name: '实时', seconds: 20 },
      tiles: [
        {
          ...{ id: 'a', x: 0, y: 0, w: 3, h: 2, kind: 'number' },
          settings: { metric: 'waiting', scope: { of: 'site' }, hasTarget: true },
        },
        { ...{ id: 'b', x: 4, y: 0, w: 3, h: 2, kind: 'serviceLevel' }, settings: { scope: { of: 'site' } } },
      ],
    },
    { id: 'p2', name: '走势', seconds: 20, tiles: [] },
  ],
};

export const A_STORED: StoredBoard = {
  ...{ id: 'b1', site: 'main', name: '热线', version: 3, updatedAt: 1_000_000, updatedBy: '王芳', published: null },
  draft: A_BOARD,
};
