/** A folded site as a gateway has it, without a store between: what the core projects is what the API reads. */
import { allRowsOf } from '../core/project.ts';
import type { Site } from '../core/site.ts';
import type { Views } from '../gateway/site-rows.ts';

/** `committedAt` is the server's wall clock, as `receivedAt` of the events was. */
export function viewsOf(site: Site, committedAt: number): Views {
  const rows = allRowsOf(site);
  return {
    sites: [site.id],
    view: (id) =>
      id !== site.id
        ? null
        : {
            rev: 1,
            at: site.clockAt,
            committedAt,
            row: (table, rowId) => rows[table]?.find(([one]) => one === rowId)?.[1],
            rows: (table) => (rows[table] ?? []).flatMap(([rowId, row]) => (row === undefined ? [] : [[rowId, row]])),
          },
  };
}
