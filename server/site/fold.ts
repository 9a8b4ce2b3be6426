/** What the runner needs of a fold, and the core as one. Only tests use another. */
import type { DomainEvent } from '../../shared/event.ts';
import { advance } from '../core/advance.ts';
import { entitiesOf, restoreSite } from '../core/persist.ts';
import { allRowsOf, rowsOf } from '../core/project.ts';
import { reduce } from '../core/reduce.ts';
import { countAnomaly, drainTouched, type SiteSettings, siteTimeAt, type Touched } from '../core/site.ts';
import type { Rows } from './channel-views.ts';

export interface FoldChanges {
  readonly put: readonly (readonly [field: string, json: string])[];
  readonly del: readonly string[];
  readonly rows: Rows;
}

export interface FoldedSite {
  /** Site clock. */
  readonly clockAt: number;
  reduce(event: DomainEvent, from: { readonly source: string; readonly receivedAt: number }): void;
  /** Lets time pass until a server wall-clock instant. */
  advance(wallNow: number): void;
  countAnomaly(kind: string): void;
  /** What changed since the last drain. */
  drain(): FoldChanges;
  allRows(): Rows;
}

/** The same fields give the same site, whatever their order. */
export type OpenFold = (
  site: string,
  settings: SiteSettings,
  fields: Iterable<readonly [field: string, json: string]>,
) => FoldedSite;

export const openCoreFold: OpenFold = (id, settings, fields) => {
  const site = restoreSite(id, settings, fields);
  let isQuiet = true;
  return {
    get clockAt() {
      return site.clockAt;
    },
    reduce(event, from) {
      isQuiet = false;
      reduce(site, event, from);
    },
    advance: (wallNow) => advance(site, siteTimeAt(site, wallNow)),
    countAnomaly: (kind) => countAnomaly(site, kind),
    drain() {
      const touched = drainTouched(site);
      // The clock alone is not worth a commit: whoever restores the site moves it on.
      if (isQuiet && isUntouched(touched)) return { put: [], del: [], rows: {} };
      isQuiet = true;
      return { ...entitiesOf(site, touched), rows: rowsOf(site, touched) };
    },
    allRows: () => allRowsOf(site),
  };
};

const isUntouched = ({ isSite, ...sets }: Touched): boolean =>
  !isSite && Object.values(sets).every(({ size }) => size === 0);
