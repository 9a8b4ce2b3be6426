import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Fact } from '../../shared/fact.ts';
import { COUNTERS } from '../../shared/metric.ts';
import type { Session, Sql } from '../db/sql.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import type { FactEntry } from '../redis/facts.ts';
import { TABLES } from './tables.ts';
import { AT, anyFact, contact, correction, gap, interval, segment } from './testing-facts.ts';
import { CursorMoved, readCursor, writeEntries } from './writer.ts';

const SITE = 'main';
const options = { site: SITE, keepsCallers: true };
let db: TestDatabase;
let session: Session;

beforeAll(async () => {
  db = await createTestDatabase();
  session = await db.database.openSession();
});

afterAll(async () => {
  await session.close();
  await db.drop();
});

beforeEach(empty);

async function empty(): Promise<void> {
  await session.query(
    'TRUNCATE contacts, agent_segments, intervals, gaps, corrections, rejected_facts, history_cursors CASCADE',
  );
}

const entry = (id: string, ...facts: readonly Fact[]): FactEntry => ({
  id,
  facts: facts.map((fact, position) => ({ fact, position })),
  rejected: [],
});

/** Everything that is stored but when it was written. */
async function stored(sql: Sql = session): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const { name } of Object.values(TABLES)) {
    const rows = await sql.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
    tables[name] = rows.map(({ row }) => row);
  }
  return tables;
}

async function write(entries: readonly FactEntry[]): Promise<void> {
  await writeEntries(session, options, await readCursor(session, SITE), entries);
}

test('[HIS1] every field of every fact stands in its column', async () => {
  await write([
    entry('5-7', contact(), segment(), interval(), interval({ queue: null, waits: [] }), gap(), correction()),
  ]);
  expect(await session.query('SELECT * FROM contacts')).toEqual([
    {
      site: 'main',
      id: 'call-1|售后|1',
      call: 'call-1',
      queue: '售后',
      agent: 'PJSIP/1001',
      offered_at: new Date(AT),
      answered_at: new Date(AT + 8_123),
      ended_at: new Date(AT + 60_000),
      outcome: 'answered',
      wait_ms: 8_123,
      talk_ms: 51_877,
      hold_ms: 0,
      acw_ms: 15_000,
      is_transferred: false,
      threshold_ms: 20_000,
      short_abandon_ms: 5_000,
      is_end_inferred: false,
      caller_number: '13800000001',
      caller_name: null,
      entry_ms: 5,
      entry_seq: 7,
    },
  ]);
  expect(await session.query('SELECT presence, reason, activity FROM agent_segments')).toEqual([
    { presence: 'onBreak', reason: '小休', activity: 'idle' },
  ]);
  expect(
    await session.query('SELECT queue, offered, answered, talk_ms_sum, waits FROM intervals ORDER BY queue'),
  ).toEqual([
    {
      queue: '售后',
      offered: 3,
      answered: 2,
      talk_ms_sum: Number.MAX_SAFE_INTEGER,
      waits: [
        [-3, 1],
        [412, 1],
      ],
    },
    { queue: null, offered: 3, answered: 2, talk_ms_sum: Number.MAX_SAFE_INTEGER, waits: [] },
  ]);
  expect(await session.query('SELECT end_at, cause FROM gaps')).toEqual([{ end_at: null, cause: 'silent' }]);
  expect(await session.query('SELECT number, kind, subject, before, after FROM corrections')).toEqual([
    { number: 1, kind: 'ghost.closed', subject: 'call-1|售后|1', before: 'waiting', after: 'unknown' },
  ]);
});

test('[HIS1] instants are exact to the millisecond', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 }), { minLength: 1 }), async (instants) => {
      await empty();
      await write([entry('1-1', ...instants.map((at, i) => correction({ number: i + 1, at })))]);
      const rows = await session.query<{ at: Date }>('SELECT at FROM corrections ORDER BY number');
      expect(rows.map(({ at }) => at.getTime())).toEqual(instants);
    }),
    { numRuns: 20 },
  );
});

test('[HIS1] the table of intervals has a column for each counter: a new one needs a migration', async () => {
  const columns = await session.query<{ name: string }>(
    "SELECT column_name AS name FROM information_schema.columns WHERE table_name = 'intervals' AND data_type = 'bigint' AND column_name NOT LIKE 'entry%'",
  );
  const camel = columns.map(({ name }) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
  expect(camel.sort()).toEqual([...COUNTERS].sort());
});

/** What must be stored: of each row the newest telling. */
const anyStream = fc
  .array(fc.array(anyFact, { maxLength: 6 }), { minLength: 1, maxLength: 8 })
  .map((entries) => entries.map((facts, i) => entry(`${100 + Math.floor(i / 2)}-${i % 2}`, ...facts)));

test('[HIS2] read again from any entry, in any batches, the stream gives the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyStream,
      fc.array(fc.record({ from: fc.nat(7), size: fc.integer({ min: 1, max: 4 }) }), { maxLength: 4 }),
      async (stream, replays) => {
        await empty();
        await write(stream);
        const once = await stored();
        for (const { from, size } of replays) {
          for (let start = Math.min(from, stream.length - 1); start < stream.length; start += size)
            await write(stream.slice(start, start + size));
        }
        expect(await stored()).toEqual(once);
        await empty();
        for (const one of stream) await write([one]);
        expect(await stored()).toEqual(once);
      },
    ),
    { numRuns: 40 },
  );
});

test('[HIS3] an older telling never overwrites a newer one; ids are ordered as numbers', async () => {
  await write([entry('1000-10', contact({ talkMs: 10 })), entry('1000-9', contact({ talkMs: 9 }))]);
  await write([entry('999-99', contact({ talkMs: 1 }))]);
  await write([entry('1000-9', contact({ talkMs: 2 }))]);
  expect(await session.query('SELECT talk_ms FROM contacts')).toEqual([{ talk_ms: 9 }]);
  await empty();
  await write([entry('1000-10', contact({ talkMs: 10 }))]);
  await write([entry('1000-9', contact({ talkMs: 2 })), entry('999-1', contact({ talkMs: 3 }))]);
  expect(await session.query('SELECT talk_ms FROM contacts')).toEqual([{ talk_ms: 10 }]);
  await write([entry('1001-0', contact({ talkMs: 11 }))]);
  expect(await session.query('SELECT talk_ms FROM contacts')).toEqual([{ talk_ms: 11 }]);
});

test('[HIS3] of one entry that tells a row twice the last telling counts', async () => {
  await write([entry('1-1', gap({ endAt: null }), gap({ endAt: AT + 5 }))]);
  expect(await session.query('SELECT end_at FROM gaps')).toEqual([{ end_at: new Date(AT + 5) }]);
});

test('[HIS4] killed between any two statements, rows and cursor are those of before or of after', async () => {
  const first = [entry('1-1', contact({ talkMs: 1 }), segment(), interval(), gap(), correction())];
  const second: FactEntry[] = [
    entry('2-1', contact({ talkMs: 2 }), segment({ endAt: AT + 9 }), interval({ waits: [] }), gap({ endAt: AT + 1 })),
    { id: '2-2', facts: [], rejected: [{ position: 0, reason: 'odd', body: '{}' }] },
  ];
  await write(first);
  const before = await stored();
  let statements = 0;
  for (let killedAt = 1; ; killedAt++) {
    await empty();
    await write(first);
    const victim = await db.database.openSession();
    statements = 0;
    const killAt = async () => {
      if (++statements === killedAt) await victim.close();
    };
    const killing: Session = {
      ...victim,
      transaction: (work) =>
        victim.transaction(async (sql) => {
          const result = await work({
            async query(text, values) {
              await killAt();
              return sql.query(text, values);
            },
          });
          await killAt();
          return result;
        }),
    };
    const killed = await writeEntries(killing, options, '1-1', second).then(
      () => false,
      () => true,
    );
    await victim.close();
    await db.database.whenUp(new AbortController().signal);
    if (!killed) break;
    expect(await stored()).toEqual(before);
    expect(await readCursor(session, SITE)).toBe('1-1');
  }
  // Cursor, four tables, what is set aside, and the commit.
  expect(statements).toBe(7);
  expect(await readCursor(session, SITE)).toBe('2-2');
});

test('[HIS5] of two writers with the same cursor one gets through, the other writes nothing', async () => {
  const other = await db.database.openSession();
  const answers = await Promise.allSettled([
    writeEntries(session, options, null, [entry('1-1', contact({ talkMs: 1 }))]),
    writeEntries(other, options, null, [entry('1-1', contact({ talkMs: 1 }))]),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(writeEntries(other, options, '0-9', [entry('3-1', gap())])).rejects.toBeInstanceOf(CursorMoved);
  expect(await session.query('SELECT * FROM gaps')).toEqual([]);
  await other.close();
});

test('[HIS6] what fits its schema and still cannot be a row is set aside; its neighbours are written', async () => {
  await session.query("ALTER TABLE gaps ADD CONSTRAINT odd CHECK (cause <> 'odd')");
  const written = await writeEntries(session, options, null, [
    {
      ...entry('1-1', contact(), gap({ cause: 'odd' }), correction()),
      rejected: [{ position: 9, reason: 'r', body: '?' }],
    },
  ]);
  expect(written).toMatchObject({ facts: 2, rejected: [{ position: 9 }, { position: 1 }] });
  expect(await session.query('SELECT position, reason, body FROM rejected_facts ORDER BY position')).toEqual([
    { position: 1, reason: expect.stringContaining('"odd"'), body: JSON.stringify(gap({ cause: 'odd' })) },
    { position: 9, reason: 'r', body: '?' },
  ]);
  expect(
    await session.query(
      'SELECT (SELECT count(*) FROM contacts) AS contacts, (SELECT count(*) FROM corrections) AS corrections',
    ),
  ).toEqual([{ contacts: 1, corrections: 1 }]);
  expect(await readCursor(session, SITE)).toBe('1-1');
  await session.query('ALTER TABLE gaps DROP CONSTRAINT odd');
});

test('[HIS7] where callers are not kept they are never written', async () => {
  await writeEntries(session, { site: SITE, keepsCallers: false }, null, [
    entry('1-1', contact({ callerNumber: '1', callerName: 'x' })),
  ]);
  expect(await session.query('SELECT caller_number, caller_name FROM contacts')).toEqual([
    { caller_number: null, caller_name: null },
  ]);
});
