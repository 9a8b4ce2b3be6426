import { expect, test } from 'vitest';
import type { Sql } from '../server/db/sql.ts';
import { TABLES } from '../shared/view.ts';
import { type ContactFact, fromContacts, fromIntervals } from './history.ts';

const answering = (...rows: object[]): Sql => ({ query: async <Row>() => rows as Row[] });

const FACT: ContactFact = {
  type: 'contact',
  id: 'c1|sales|1|1000',
  call: 'c1',
  queue: 'sales',
  agent: 'A1',
  offeredAt: 1_000,
  answeredAt: 3_000,
  endedAt: 9_000,
  outcome: 'answered',
  waitMs: 2_000,
  talkMs: 6_000,
  holdMs: 0,
  acwMs: 0,
  isTransferred: false,
  thresholdMs: 20_000,
  shortAbandonMs: 5_000,
  isEndInferred: false,
  callerNumber: null,
  callerName: null,
};
const over = new Map([[FACT.id, FACT]]);

test('[CHAOS8] a counter of the day that the quarter hours do not add up to is a difference', async () => {
  const today = TABLES.today.map((name) => (name === 'offered' ? 3 : 0));
  const shown = { today: new Map([['sales', today]]) };
  expect(await fromIntervals(answering({ id: 'sales', offered: 3 }), shown)).toEqual([]);
  expect(await fromIntervals(answering({ id: 'sales', offered: 2 }), shown)).toMatchObject([{ is: 2, wanted: 3 }]);
  expect(await fromIntervals(answering(), shown)).toHaveLength(1);
});

test('[CHAOS8] a contact that is missing, there twice, there without reason or different is a difference', async () => {
  const opened = { ...FACT, id: 'c1|sales|1|1400' };
  expect(await fromContacts(answering(opened), over)).toEqual([]);
  expect(await fromContacts(answering(), over)).not.toEqual([]);
  expect(await fromContacts(answering(FACT), new Map())).not.toEqual([]);
  expect(await fromContacts(answering(FACT, opened), over)).toMatchObject([{ column: 'rows', is: 2, wanted: 1 }]);
  expect(await fromContacts(answering({ ...FACT, talkMs: 5_999 }), over)).toMatchObject([{ column: 'talkMs' }]);
});
