// expect: pg-only-in-db
import pg from 'pg';

export const pool = pg;
