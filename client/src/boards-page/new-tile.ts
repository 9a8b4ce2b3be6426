/** What a tile is before anybody sets it. Pure. */
import type { Board, Metric, Tile } from '../../../shared/board.ts';
import { isShown } from '../../../shared/board-grid.ts';
import type { Place } from '../../../shared/grid.ts';

export const KINDS = ['number', 'serviceLevel', 'queues', 'states', 'trend', 'heat', 'notice', 'clock'] as const;

/** Large enough to be read from the usual seat. */
export function sizeOf(kind: Tile['kind']): Pick<Place, 'w' | 'h'> {
  switch (kind) {
    case 'number':
    case 'serviceLevel':
    case 'clock':
      return { w: 3, h: 2 };
    case 'queues':
      return { w: 12, h: 5 };
    case 'states':
      return { w: 12, h: 2 };
    case 'trend':
    case 'heat':
      return { w: 6, h: 4 };
    case 'notice':
      return { w: 6, h: 2 };
  }
}

export function newTile(kind: Tile['kind'], id: string, { x, y, w, h }: Place, profile: Board['profile']): Tile {
  const place = { id, x, y, w, h };
  const scope = { of: 'site' } as const;
  switch (kind) {
    case 'number': {
      const metric: Metric = isShown(profile, 'waiting') ? 'waiting' : 'free';
      return { ...place, kind, settings: { metric, scope, hasTarget: true } };
    }
    case 'serviceLevel':
      return { ...place, kind, settings: { scope } };
    case 'queues': {
      const columns = (['waiting', 'longestWait', 'serviceLevel', 'free'] as const).filter((one) =>
        isShown(profile, one),
      );
      return { ...place, kind, settings: { queues: null, columns, rows: 4 } };
    }
    case 'heat':
      return { ...place, kind, settings: { queues: null, rows: 4 } };
    case 'notice':
      return { ...place, kind, settings: { zh: '', en: '' } };
    case 'states':
    case 'trend':
    case 'clock':
      return { ...place, kind, settings: {} };
  }
}
