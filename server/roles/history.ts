/** Role `history`: what is over goes from the sites' streams into PostgreSQL. */
import type { Database } from '../db/database.ts';
import { startHistory } from '../history/history.ts';
import type { Node, Role } from './node.ts';

export interface Remembering extends Role {
  join(site: string): Promise<void>;
  leave(site: string): Promise<void>;
}

export async function startRemembering(
  { config, connect, now, log, metrics }: Node,
  database: Database,
): Promise<Remembering> {
  const history = await startHistory({
    database,
    connect,
    retention: config.retention,
    now,
    log,
    onBacklog: metrics.historyBacklog,
    onRejected: () => metrics.anomaly('history.rejected'),
  });
  return {
    join: (site) => history.join(site),
    leave: (site) => history.leave(site),
    // What is not written stays in the stream: whoever is next goes on at the cursor.
    letGo: () => history.stop(),
    close: async () => {},
  };
}
