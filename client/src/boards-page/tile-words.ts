/** What a tile is called. Pure. */
import type { TFunction } from 'i18next';
import type { Tile } from '../../../shared/board.ts';
import { metricText } from '../board/metric-text.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

/** What of the board's site tiles can be about. */
export interface SiteNames {
  readonly queues: readonly Named[];
  readonly groups: readonly Named[];
}

export type Scope = Extract<Tile, { kind: 'serviceLevel' }>['settings']['scope'];

/** Empty: of the whole site, which is what is meant where nothing is said. */
function scopeText(scope: Scope, names: SiteNames): string {
  if (scope.of === 'site') return '';
  const [list, id] = scope.of === 'queue' ? [names.queues, scope.queue] : [names.groups, scope.group];
  return list.find((one) => one.id === id)?.name ?? id;
}

export function tileText(t: TFunction, tile: Tile, names: SiteNames): string {
  const kind = tile.kind === 'number' ? metricText(t, tile.settings.metric) : t(`boards.kind.${tile.kind}`);
  const scope = tile.kind === 'number' || tile.kind === 'serviceLevel' ? scopeText(tile.settings.scope, names) : '';
  return scope === '' ? kind : `${kind} · ${scope}`;
}

export const placeOfTile = (t: TFunction, { x, y, w, h }: Tile): string =>
  t('boards.tile.place', { x: x + 1, y: y + 1, w, h });
