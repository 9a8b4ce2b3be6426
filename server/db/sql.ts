/** Statements and the connection they hang on. */

export interface Sql {
  /** Rows of one statement. `bigint` columns are numbers, `timestamptz` columns Dates. */
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** One connection, for what hangs on it: transactions, advisory locks. */
export interface Session extends Sql {
  /** Commits what `work` did, or nothing of it. After an outage in the commit itself either may be true. */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Ends it at once; never rejects. */
  close(): Promise<void>;
}
