/** Looking at a caller's number and calling back, from the request to the audit log, on real stores. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import type { AuditEntry } from '../../shared/api-access.ts';
import { atField, revField, siteKeys } from '../redis/keys.ts';
import { type AccessApp, type AccessStores, type Client, startAccessApp, startAccessStores } from './access-app.ts';

const NUMBER = '13912345678';
const OF_LOST = { site: 'main', contact: '17.1|售后|1|5' };
let stores: AccessStores;
let app: AccessApp;
let admin: Client;

beforeAll(async () => {
  stores = await startAccessStores();
  const command = await stores.redis.connect();
  const { meta } = siteKeys('main');
  await command.hset(meta, revField('board'), 1, atField('board'), 1, revField('agents'), 1, atField('agents'), 1);
  app = await startAccessApp(stores);
  admin = await app.setUp();
  await stores.db.database.query(
    `INSERT INTO contacts (site, id, call, queue, agent, offered_at, ended_at, outcome, wait_ms, hold_ms, acw_ms, is_transferred,
       threshold_ms, short_abandon_ms, is_end_inferred, caller_number, caller_name, entry_ms, entry_seq)
     VALUES ('main', $1, '17.1', '售后', NULL, now(), now(), 'abandoned', 1, 0, 0, false, 20000, 5000, false, $2, '张先生', 1, 0)`,
    [OF_LOST.contact, NUMBER],
  );
});

afterAll(async () => {
  await app.stop();
  await stores.stop();
});

const entriesOf = async (act: string): Promise<AuditEntry[]> =>
  (await admin.ok(API.audit, { text: act })).entries.filter((entry) => entry.act === act);

test('[HIS39] a look at a number is on record with its reason and its queue, without the number', async () => {
  expect(await admin.ok(API.revealCaller, OF_LOST, { reason: '投诉' })).toEqual({ number: NUMBER, name: '张先生' });
  const entries = await entriesOf('caller.revealed');
  expect(entries).toMatchObject([
    {
      who: { kind: 'person', name: '管理员' },
      site: 'main',
      subject: OF_LOST.contact,
      reason: '投诉',
      after: { queue: '售后' },
      from: '127.0.0.1',
    },
  ]);
  expect(JSON.stringify(entries)).not.toContain(NUMBER);
  expect(JSON.stringify(entries)).not.toContain('张先生');
  const { status } = await admin.ask(API.revealCaller, { ...OF_LOST, contact: 'nobody' }, { reason: '投诉' });
  expect(status).toBe(404);
  expect(await entriesOf('caller.revealed')).toHaveLength(1);
});

test('[HIS42] a step of calling back is on record as it was taken; one that was refused is not', async () => {
  await admin.ok(API.callBack, OF_LOST, { do: 'claim', version: 0 });
  expect((await admin.ask(API.callBack, OF_LOST, { do: 'claim', version: 0 })).status).toBe(409);
  expect(await admin.ok(API.callBack, OF_LOST, { do: 'reached', version: 1 })).toMatchObject({
    claimant: { name: '管理员', isYou: true },
    attempts: 1,
  });
  expect(await entriesOf('callBack.changed')).toMatchObject([
    { before: { attempts: 0 }, after: { step: 'reached', attempts: 1, result: 'reached' } },
    { before: { state: 'open', claimant: null }, after: { step: 'claim', state: 'claimed', claimant: '管理员' } },
  ]);
});
