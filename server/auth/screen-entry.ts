/** What pairing and the fleet have in common. */
import type { Database } from '../db/database.ts';
import { AppError } from '../errors.ts';
import type { Redis } from '../redis/client.ts';
import type { Asker } from './administration.ts';
import type { AuditRecord } from './audit.ts';
import type { KnownScreens } from './known-screens.ts';
import type { StoredScreen } from './screens.ts';

export interface ScreensOptions {
  readonly database: Database | null;
  readonly redis: Redis;
  readonly known: KnownScreens;
  readonly now: () => number;
}

export function requireDatabase(database: Database | null): Database {
  if (database === null) throw new AppError('database.unreachable', 'TVs are kept in PostgreSQL.');
  return database;
}

export const entryOf = (
  { subject: { kind, id, name }, from }: Asker,
  act: string,
  screen: Pick<StoredScreen, 'name' | 'site'>,
): AuditRecord => ({
  who: { kind, id, name },
  ...{ act, site: screen.site, subject: screen.name, reason: null, before: null, after: null, from },
});

export const shownOf = ({ name, site, view, board, options, isBlank }: StoredScreen) => ({
  ...{ name, site, ...view, board, options, isBlank },
});
