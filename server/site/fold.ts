/** What the runner needs of a fold, and the core as one. Only tests use another. */
import type { DomainEvent } from '../../shared/event.ts';
import type { Fact } from '../../shared/fact.ts';
import { advance, nextDueAt } from '../core/advance.ts';
import { factsOf } from '../core/facts.ts';
import { entitiesOf, restoreSite } from '../core/persist.ts';
import { allRowsOf, rowsOf } from '../core/project.ts';
import { reduce } from '../core/reduce.ts';
import { countAnomaly, drainTouched, type SiteSettings, siteTimeAt, type Touched } from '../core/site.ts';
import type { Rows } from './channel-views.ts';

export interface FoldChanges {
  readonly put: readonly (readonly [field: string, json: string])[];
  readonly del: readonly string[];
  readonly rows: Rows;
  /** What is over, for history. */
  readonly facts: readonly Fact[];
}

export interface FoldedSite {
  /** Site clock. */
  readonly clockAt: number;
  reduce(event: DomainEvent, from: { readonly source: string; readonly receivedAt: number }): void;
  /** Lets time pass until a server wall-clock instant. */
  advance(wallNow: number): void;
  /** Server wall clock at which time alone will change something, at the earliest; null for none in sight. */
  nextDueAt(): number | null;
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
    nextDueAt() {
      const dueAt = nextDueAt(site);
      return dueAt === null ? null : dueAt - site.clockOffsetMs;
    },
    countAnomaly: (kind) => countAnomaly(site, kind),
    drain() {
      const touched = drainTouched(site);
      const facts = factsOf(site, touched);
      // The clock alone is not worth a commit: whoever restores the site moves it on.
      if (isQuiet && facts.length === 0 && isUntouched(touched)) return { put: [], del: [], rows: {}, facts };
      isQuiet = true;
      return { ...entitiesOf(site, touched), rows: rowsOf(site, touched), facts };
    },
    allRows: () => allRowsOf(site),
  };
};

const isUntouched = ({ isSite, ...sets }: Touched): boolean =>
  !isSite && Object.values(sets).every(({ size }) => size === 0);
