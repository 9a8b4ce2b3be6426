import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Fact } from '../../shared/fact.ts';
import { businessDayOn } from '../../shared/time.ts';
import type { Session } from '../db/sql.ts';
import { createTestDatabase, type TestDatabase } from '../db/testing-database.ts';
import type { ContactFilter } from './read-contacts.ts';
import { createHistoryReader, type HistoryReader } from './reader.ts';
import { AT, contact, gap, segment } from './testing-facts.ts';
import { readCursor, writeEntries } from './writer.ts';

const SITE = 'main';
const NUMBER = '13800000001';
const ALL: ContactFilter = {
  from: 0,
  to: null,
  queues: null,
  queue: null,
  agent: null,
  outcomes: null,
  minWaitMs: null,
  callBack: null,
};
const LI = { id: 'li', name: '李娜' };
const WANG = { id: 'wang', name: '王伟' };
const UNNOTED = { queues: null, note: async () => {} };
let db: TestDatabase;
let session: Session;
let reader: HistoryReader;
let unwritten: string | null;
let entries: number;

beforeAll(async () => {
  db = await createTestDatabase();
  session = await db.database.openSession();
});

afterAll(async () => {
  await session.close();
  await db.drop();
});

beforeEach(async () => {
  await session.query('TRUNCATE contacts, agent_segments, gaps, history_cursors CASCADE');
  unwritten = null;
  entries = 0;
  reader = createHistoryReader({ database: db.database, nextFact: async () => unwritten, now: () => AT });
});

async function tell(...facts: readonly Fact[]): Promise<void> {
  const entry = { id: `${++entries}-0`, facts: facts.map((fact, position) => ({ fact, position })), rejected: [] };
  await writeEntries(session, { site: SITE, keepsCallers: true }, await readCursor(session, SITE), [entry]);
}

const at = (iso: string): number => Date.parse(iso);
const lost = (id: string, offeredAt: number, change: Parameters<typeof contact>[0] = {}) =>
  contact({ id, offeredAt, answeredAt: null, outcome: 'abandoned', agent: null, talkMs: null, ...change });
const page = async (filter: Partial<ContactFilter> = {}, cursor: string | null = null, limit = 50) =>
  reader.contacts(SITE, { ...ALL, ...filter }, { cursor, limit });
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

test('[HIS30] a night shift: states are cut to the business day, a contact belongs to the day it was offered in', async () => {
  const day = businessDayOn('2026-11-21', 'Asia/Shanghai', '06:00');
  await tell(
    segment({ startAt: at('2026-11-21T05:00:00+08:00'), endAt: at('2026-11-21T06:30:00+08:00') }),
    segment({ startAt: at('2026-11-21T23:50:00+08:00'), endAt: at('2026-11-22T00:20:00+08:00'), activity: 'talking' }),
    segment({ startAt: at('2026-11-22T05:40:00+08:00'), endAt: at('2026-11-22T06:10:00+08:00') }),
    segment({ startAt: at('2026-11-22T06:10:00+08:00'), endAt: at('2026-11-22T06:20:00+08:00') }),
    segment({ agent: 'other', startAt: at('2026-11-21T12:00:00+08:00'), endAt: at('2026-11-21T13:00:00+08:00') }),
    contact({ id: 'before', offeredAt: at('2026-11-21T05:59:59.999+08:00') }),
    contact({ id: 'first', offeredAt: at('2026-11-21T06:00:00+08:00') }),
    contact({ id: 'night', offeredAt: at('2026-11-22T00:01:00+08:00') }),
    contact({ id: 'last', offeredAt: at('2026-11-22T05:59:59.999+08:00'), endedAt: at('2026-11-22T06:30:00+08:00') }),
    contact({ id: 'after', offeredAt: at('2026-11-22T06:00:00+08:00') }),
    contact({ id: 'others', agent: 'other', offeredAt: at('2026-11-21T12:00:00+08:00') }),
  );
  const found = await reader.agentDay(SITE, 'PJSIP/1001', day, null);
  expect(found.segments.map(({ startAt, endAt }) => [startAt, endAt])).toEqual([
    [day.startAt, at('2026-11-21T06:30:00+08:00')],
    [at('2026-11-21T23:50:00+08:00'), at('2026-11-22T00:20:00+08:00')],
    [at('2026-11-22T05:40:00+08:00'), day.endAt],
  ]);
  expect(ids(found.contacts)).toEqual(['first', 'night', 'last']);
});

test.each([
  ['spring', '2026-03-28', 23],
  ['autumn', '2026-10-24', 25],
])(
  '[HIS30] the %s day over the clock change holds all its hours, and none of its neighbours',
  async (_, date, hours) => {
    const day = businessDayOn(date, 'Europe/Berlin', '06:00');
    const hourMs = 3_600_000;
    const hourly = Array.from({ length: hours + 2 }, (_one, i) => day.startAt + (i - 1) * hourMs);
    await tell(
      ...hourly.map((startAt) => segment({ startAt, endAt: startAt + hourMs })),
      ...hourly.map((offeredAt) => contact({ id: String(offeredAt), offeredAt })),
    );
    const found = await reader.agentDay(SITE, 'PJSIP/1001', day, null);
    expect(found.segments.reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0)).toBe(hours * hourMs);
    expect(found.contacts).toHaveLength(hours);
  },
);

test('[HIS31] gaps that touch the day, one that lasts too; how far history is written', async () => {
  const day = { startAt: AT, endAt: AT + 1_000 };
  await tell(
    gap({ source: 'over', startAt: AT - 500, endAt: AT }),
    gap({ source: 'into', startAt: AT - 500, endAt: AT + 1 }),
    gap({ source: 'lasts', startAt: AT + 999 }),
    gap({ source: 'later', startAt: AT + 1_000 }),
  );
  const found = await reader.agentDay(SITE, 'PJSIP/1001', day, null);
  expect(found.gaps).toEqual([
    { source: 'into', startAt: AT - 500, endAt: AT + 1 },
    { source: 'lasts', startAt: AT + 999, endAt: null },
  ]);
  expect(found.unwrittenSince).toBeNull();
  unwritten = `${AT + 7}-3`;
  expect((await reader.agentDay(SITE, 'PJSIP/1001', day, null)).unwrittenSince).toBe(AT + 7);
});

test('[HIS32] newest first, every filter alone and together', async () => {
  await tell(
    contact({ id: 'a', queue: 'q1', offeredAt: AT }),
    lost('b', AT + 1, { queue: 'q1', waitMs: 40_000 }),
    lost('c', AT + 2, { queue: 'q2', waitMs: 5_000, outcome: 'timedOut' }),
    contact({ id: 'd', queue: 'q2', offeredAt: AT + 3, agent: 'PJSIP/1002', waitMs: null }),
  );
  await tell({ ...lost('e', AT + 4), queue: 'q1' });
  const found = async (filter: Partial<ContactFilter>) => ids((await page(filter)).rows).join('');
  expect(await found({})).toBe('edcba');
  expect(await found({ from: AT + 1, to: AT + 3 })).toBe('cb');
  expect(await found({ queue: 'q1' })).toBe('eba');
  expect(await found({ queues: ['q1'] })).toBe('eba');
  expect(await found({ queues: ['q1'], queue: 'q2' })).toBe('');
  expect(await found({ queues: [] })).toBe('');
  expect(await found({ agent: 'PJSIP/1002' })).toBe('d');
  expect(await found({ outcomes: ['abandoned', 'timedOut'] })).toBe('ecb');
  expect(await found({ minWaitMs: 8_123 })).toBe('eba');
  expect(await found({ queues: ['q1'], outcomes: ['abandoned'], minWaitMs: 10_000 })).toBe('b');
  await reader.callBack(SITE, 'b', { step: 'claim', base: 0, by: LI, ...UNNOTED });
  expect(await found({ callBack: ['open'] })).toBe('ec');
  expect(await found({ callBack: ['open', 'claimed'] })).toBe('ecb');
  expect(await found({ callBack: ['done'] })).toBe('');
});

test('[HIS33] pages neither repeat nor skip a row, whatever comes in between, also where instants are equal', async () => {
  const told = Array.from({ length: 25 }, (_, i) =>
    contact({ id: `c${String(i).padStart(2, '0')}`, offeredAt: AT + (i >> 2) }),
  );
  await tell(...told);
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { rows, next }: Awaited<ReturnType<typeof page>> = await page({}, cursor, 4);
    seen.push(...ids(rows));
    cursor = next;
    // Newer ones, and one among those that were read already.
    await tell(
      contact({ id: `new${seen.length}`, offeredAt: AT + 1_000 + seen.length }),
      contact({ id: `cz${seen.length}`, offeredAt: AT + 6 }),
    );
  } while (cursor !== null);
  expect(seen.filter((id) => /^c\d/.test(id))).toEqual(ids(told).reverse());
  expect(new Set(seen).size).toBe(seen.length);
});

test('[HIS33] a full last page has no next one; a cursor of somebody else is refused', async () => {
  await tell(contact({ id: 'a', offeredAt: AT }), contact({ id: 'b|售后', offeredAt: AT + 1 }));
  const first = await page({}, null, 1);
  expect(ids(first.rows)).toEqual(['b|售后']);
  expect(await page({}, first.next, 1)).toMatchObject({ rows: [{ id: 'a' }], next: null });
  for (const cursor of [
    '',
    'nonsense',
    Buffer.from('1|').toString('base64url'),
    Buffer.from('1|\0').toString('base64url'),
  ])
    await expect(page({}, cursor)).rejects.toMatchObject({ code: 'request.invalid' });
});

test('[HIS34] no answer but the reveal holds a whole number or a name', async () => {
  await tell(contact({ callerName: '张先生' }), lost('lost', AT + 1, { callerName: '张先生' }));
  const day = { startAt: AT, endAt: AT + 10 };
  const step = await reader.callBack(SITE, 'lost', { step: 'claim', base: 0, by: LI, ...UNNOTED });
  const answers = JSON.stringify([await page(), await reader.agentDay(SITE, 'PJSIP/1001', day, null), step]);
  expect(answers).toContain('138******01');
  expect(answers).not.toContain(NUMBER);
  expect(answers).not.toContain('张先生');
  expect(await reader.caller(SITE, 'lost', null)).toEqual({ number: NUMBER, name: '张先生', queue: '售后' });
  await expect(reader.caller(SITE, 'nobody', null)).rejects.toMatchObject({ code: 'contact.unknown' });
  await expect(reader.caller('elsewhere', 'lost', null)).rejects.toMatchObject({ code: 'contact.unknown' });
});

test('[HIS35] a caller who was lost and is answered within a day has come back', async () => {
  const hour = 3_600_000;
  await tell(
    lost('early', AT),
    lost('again', AT + hour),
    contact({ id: 'answered', offeredAt: AT + 2 * hour, answeredAt: AT + 2 * hour + 5 }),
    lost('late', AT + 3 * hour),
    lost('hidden', AT, { callerNumber: null }),
    lost('other', AT, { callerNumber: '13900000000' }),
    contact({ id: 'too late', callerNumber: '13900000000', offeredAt: AT + 25 * hour }),
  );
  const cameBack = Object.fromEntries((await page()).rows.map(({ id, cameBackAt }) => [id, cameBackAt]));
  expect(cameBack).toMatchObject({
    early: AT + 2 * hour + 5,
    again: AT + 2 * hour + 5,
    late: null,
    hidden: null,
    other: null,
    answered: null,
  });
});

test('[HIS41] of two who claim at once one gets it, and the other is told', async () => {
  await tell(...Array.from({ length: 20 }, (_, i) => lost(`c${i}`, AT + i)));
  for (let i = 0; i < 20; i++) {
    const claims = [LI, WANG].map((by) => reader.callBack(SITE, `c${i}`, { step: 'claim', base: 0, by, ...UNNOTED }));
    const results = await Promise.allSettled(claims);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = results.find((one) => one.status === 'rejected');
    expect(refused?.reason).toMatchObject({ code: 'callBack.conflict' });
    const winner = results[0]?.status === 'fulfilled' ? LI : WANG;
    const [row] = (await page({ from: AT + i, to: AT + i + 1 })).rows;
    expect(row?.callBack).toMatchObject({ version: 1, claimant: winner, steps: [{ step: 'claim', by: winner.name }] });
  }
});

test('[HIS42] every step is kept; an old version, a step that does not fit and an answered contact are refused', async () => {
  await tell(contact({ id: 'answered' }), lost('lost', AT + 1));
  const take = (step: 'claim' | 'release' | 'reached' | 'notReached' | 'done', base: number, by = LI, id = 'lost') =>
    reader.callBack(SITE, id, { step, base, by, ...UNNOTED });
  await take('claim', 0);
  await expect(take('claim', 0, WANG)).rejects.toMatchObject({ code: 'callBack.conflict' });
  await expect(take('reached', 1, WANG)).rejects.toMatchObject({ code: 'callBack.notPossible' });
  await take('notReached', 1);
  await take('release', 2, WANG);
  await take('claim', 3, WANG);
  await take('reached', 4, WANG);
  expect(await take('done', 5, WANG)).toMatchObject({ version: 6, state: 'done', attempts: 2, result: 'reached' });
  await expect(take('claim', 6)).rejects.toMatchObject({ code: 'callBack.notPossible' });
  const found = (await page({ callBack: ['done'] })).rows[0]?.callBack;
  expect(found).toMatchObject({ version: 6, state: 'done', claimant: WANG, claimedAt: AT, attempts: 2 });
  expect(found?.steps).toEqual(
    [
      ['claim', LI],
      ['notReached', LI],
      ['release', WANG],
      ['claim', WANG],
      ['reached', WANG],
      ['done', WANG],
    ].map(([step, by]) => ({ step, by: (by as typeof LI).name, at: AT })),
  );
  await expect(take('claim', 0, LI, 'answered')).rejects.toMatchObject({ code: 'callBack.notPossible' });
  await expect(take('claim', 0, LI, 'nobody')).rejects.toMatchObject({ code: 'contact.unknown' });
});

test('[HIS45] a contact of a queue that the asker does not see is as one that does not exist', async () => {
  await tell(contact({ id: 'here', queue: 'q1' }), contact({ id: 'there', queue: 'q2', offeredAt: AT + 1 }));
  await tell({ ...lost('lost', AT + 2), queue: 'q2' });
  const day = { startAt: AT, endAt: AT + 10 };
  const seen = await reader.agentDay(SITE, 'PJSIP/1001', day, ['q1']);
  expect(ids(seen.contacts)).toEqual(['here']);
  await expect(reader.caller(SITE, 'there', ['q1'])).rejects.toMatchObject({ code: 'contact.unknown' });
  const claim = { ...UNNOTED, step: 'claim', base: 0, by: LI } as const;
  await expect(reader.callBack(SITE, 'lost', { ...claim, queues: ['q1'] })).rejects.toMatchObject({
    code: 'contact.unknown',
  });
  expect(await reader.callBack(SITE, 'lost', { ...claim, queues: ['q2'] })).toMatchObject({ version: 1 });
});

test('[HIS42] a step that cannot be written down is not taken', async () => {
  await tell(lost('lost', AT));
  const note = () => Promise.reject(new Error('the log is full'));
  await expect(reader.callBack(SITE, 'lost', { ...UNNOTED, step: 'claim', base: 0, by: LI, note })).rejects.toThrow(
    'full',
  );
  expect((await page()).rows).toMatchObject([{ callBack: { version: 0, steps: [] } }]);
});

test('[HIS43] a call-back goes with its contact, and outlives a correction of it', async () => {
  await tell(lost('lost', AT));
  await reader.callBack(SITE, 'lost', { step: 'claim', base: 0, by: LI, ...UNNOTED });
  await tell(lost('lost', AT, { outcome: 'exitedByKey' }));
  expect((await page()).rows).toMatchObject([{ outcome: 'exitedByKey', callBack: { state: 'claimed' } }]);
  await session.query('DELETE FROM contacts');
  expect(await session.query('SELECT 1 FROM call_backs UNION ALL SELECT 1 FROM call_back_steps')).toEqual([]);
});

test('[HIS44] while PostgreSQL is away every reading says so; what no text can hold is refused', async () => {
  await expect(page({ agent: 'a\0b' })).rejects.toMatchObject({ code: 'request.invalid' });
  const other = await db.open();
  const away = createHistoryReader({ database: other, nextFact: async () => null, now: () => AT });
  await other.stop();
  const unreachable = { code: 'database.unreachable' };
  await expect(away.agentDay(SITE, 'a', { startAt: 0, endAt: 1 }, null)).rejects.toMatchObject(unreachable);
  await expect(away.contacts(SITE, ALL, { cursor: null, limit: 1 })).rejects.toMatchObject(unreachable);
  await expect(away.caller(SITE, 'a', null)).rejects.toMatchObject(unreachable);
  await expect(away.callBack(SITE, 'a', { step: 'claim', base: 0, by: LI, ...UNNOTED })).rejects.toMatchObject(
    unreachable,
  );
});
