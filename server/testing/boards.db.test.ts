/** Boards through HTTP, on real stores: drafts, what is public, rights. Rules: docs/spec/boards.md. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { API } from '../../shared/api.ts';
import type { Board } from '../../shared/board.ts';
import { errorBodySchema } from '../../shared/error.ts';
import {
  type AccessApp,
  type AccessStores,
  type Client,
  REPORT,
  SCREEN_OPTIONS,
  signedIn,
  startAccessApp,
  startAccessStores,
} from './access-app.ts';

let stores: AccessStores;
let app: AccessApp;
let admin: Client;

beforeAll(async () => {
  stores = await startAccessStores();
});
afterAll(() => stores.stop());
beforeEach(async () => {
  await stores.empty();
  app = await startAccessApp(stores, { FLOORCAST_PROXIES: '127.0.0.1' });
  admin = await app.setUp();
});
afterEach(() => app.stop());

const boardOf = (queue: string, seconds = 20): Board => ({
  ...{ schema: 1, profile: 'supervisors' },
  pages: [
    {
      ...{ id: 'p1', name: '首页', seconds },
      tiles: [
        {
          ...{ id: 't1', kind: 'number', x: 0, y: 0, w: 3, h: 3 },
          settings: { metric: 'waiting', scope: { of: 'queue', queue }, hasTarget: true },
        },
      ],
    },
  ],
});
const create = (client: Client, board: unknown = boardOf('600'), name = '销售', site = 'main') =>
  client.ok(API.createBoard, {}, { site, name, board });
const list = async (client: Client) => (await client.ok(API.boards)).boards;

test('[BRD5] a draft is changed by version; whoever was slower is told, and loses nothing that holds', async () => {
  const made = await create(admin);
  expect(made).toMatchObject({ site: 'main', name: '销售', version: 1, published: null, updatedBy: '管理员' });
  const change = { version: 1, name: '销售一部', board: boardOf('601') };
  const changed = await admin.ok(API.changeBoard, { board: made.id }, change);
  expect(changed).toMatchObject({ version: 2, name: '销售一部', draft: boardOf('601') });
  expect(await admin.refused(API.changeBoard, { board: made.id }, { ...change, name: '另一个' })).toBe(
    'board.conflict',
  );
  expect(await admin.refused(API.publishBoard, { board: made.id }, { version: 1 })).toBe('board.conflict');
  expect(await admin.ok(API.board, { board: made.id })).toEqual(changed);
  const both = await Promise.all(
    [1, 2].map((n) => admin.ask(API.changeBoard, { board: made.id }, { ...change, version: 2, name: `${n}` })),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
});

test('[BRD7] what is published never changes; an older version comes back as a new one and leaves the draft alone', async () => {
  const { id } = await create(admin);
  expect(await admin.refused(API.publishedBoard, { board: id })).toBe('board.unknown');
  const first = await admin.ok(API.publishBoard, { board: id }, { version: 1 });
  expect(first.published).toMatchObject({ number: 1, by: '管理员', isDraft: true });
  await admin.ok(API.changeBoard, { board: id }, { version: 1, name: '销售', board: boardOf('601') });
  expect((await list(admin))[0]?.published).toMatchObject({ number: 1, isDraft: false });
  const shown = async () => (await admin.ok(API.publishedBoard, { board: id })) as { number: number; board: Board };
  expect(await shown()).toMatchObject({ number: 1, board: boardOf('600') });
  await admin.ok(API.publishBoard, { board: id }, { version: 2 });
  expect(await shown()).toMatchObject({ number: 2, board: boardOf('601') });
  await admin.ok(API.rollBackBoard, { board: id }, { number: 1 });
  expect(await shown()).toMatchObject({ number: 3, board: boardOf('600') });
  expect(await admin.ok(API.board, { board: id })).toMatchObject({ version: 2, draft: boardOf('601') });
  const { versions } = await admin.ok(API.boardVersions, { board: id });
  expect(versions.map(({ number, restores }) => [number, restores])).toEqual([
    [3, 1],
    [2, null],
    [1, null],
  ]);
  expect(await admin.refused(API.rollBackBoard, { board: id }, { number: 9 })).toBe('board.unknown');
  await expect(stores.db.database.query("UPDATE board_versions SET name = 'x'")).rejects.toThrow('never changed');
});

test('[BRD6] an analyst drafts and may not publish; nobody names, sees or changes queues out of scope', async () => {
  const { client: analyst } = await signedIn(app, admin, 'analyst', 'analyst', { queues: ['600'] });
  const { id } = await create(analyst);
  for (const [endpoint, body] of [
    [API.publishBoard, { version: 1 }],
    [API.rollBackBoard, { number: 1 }],
    [API.deleteBoard, undefined],
  ] as const)
    expect(await analyst.refused(endpoint, { board: id }, body)).toBe('auth.forbidden');
  const other = { site: 'main', name: '别处', board: boardOf('601') };
  expect(await analyst.refused(API.createBoard, {}, other)).toBe('access.tooMuch');
  expect(await analyst.refused(API.changeBoard, { board: id }, { version: 1, ...pick(other) })).toBe('access.tooMuch');
  expect(await admin.refused(API.createBoard, {}, { ...other, site: 'nowhere' })).toBe('site.unknown');

  const hidden = await create(admin, boardOf('601'), '客服');
  await admin.ok(API.publishBoard, { board: hidden.id }, { version: 1 });
  expect((await list(analyst)).map((board) => board.id)).toEqual([id]);
  for (const endpoint of [API.board, API.boardFile, API.boardVersions, API.publishedBoard])
    expect(await analyst.refused(endpoint, { board: hidden.id })).toBe('board.unknown');

  // What is public counts too: a draft without the queue does not open the board.
  await admin.ok(API.changeBoard, { board: hidden.id }, { version: 1, name: '客服', board: boardOf('600') });
  expect(await analyst.refused(API.board, { board: hidden.id })).toBe('board.unknown');
  // Nor does a rollback of somebody who may not see the old version.
  const { client: manager } = await signedIn(app, admin, 'manager', 'manager', { queues: ['600'] });
  await admin.ok(API.publishBoard, { board: hidden.id }, { version: 2 });
  expect(await manager.refused(API.rollBackBoard, { board: hidden.id }, { number: 1 })).toBe('access.tooMuch');
  expect((await manager.ok(API.rollBackBoard, { board: hidden.id }, { number: 2 })).published?.number).toBe(3);
});

const pick = ({ name, board }: { name: string; board: Board }) => ({ name, board });

test('[BRD8] a TV reads the public version of its own board and nothing else of boards; its report says which it is', async () => {
  const [mine, others] = [await create(admin), await create(admin, boardOf('601'), '另一块')];
  for (const { id } of [mine, others]) await admin.ok(API.publishBoard, { board: id }, { version: 1 });
  const tv = app.browser('192.0.2.50');
  const paired = await tv.pairBy(admin, { board: mine.id });
  expect(await tv.ok(API.publishedBoard, { board: mine.id })).toMatchObject({ number: 1, board: boardOf('600') });
  expect(await tv.refused(API.publishedBoard, { board: others.id })).toBe('board.unknown');
  for (const endpoint of [API.boards, API.board, API.boardFile, API.boardVersions])
    expect(await tv.refused(endpoint, { board: mine.id })).toBe('auth.forbidden');
  const reported = () => tv.ok(API.reportScreen, {}, REPORT);
  expect(await reported()).toMatchObject({ board: mine.id, boardNumber: 1 });
  await admin.ok(API.publishBoard, { board: mine.id }, { version: 1 });
  expect(await reported()).toMatchObject({ board: mine.id, boardNumber: 2 });

  const { id, version } = paired;
  const change = { name: '一楼', site: 'main', queues: null, teams: null, board: others.id, options: SCREEN_OPTIONS };
  await admin.ok(API.changeScreen, { screen: id }, { version, ...change });
  expect(await tv.refused(API.publishedBoard, { board: mine.id })).toBe('board.unknown');
  await admin.ok(API.deleteBoard, { board: others.id });
  expect(await tv.refused(API.publishedBoard, { board: others.id })).toBe('board.unknown');
  expect(await reported()).toMatchObject({ boardNumber: null });
});

test('[BRD8] nobody puts a board on a TV that they may not see, or that belongs to another site', async () => {
  const north = await create(admin, boardOf('600'), '北', 'north');
  const hidden = await create(admin, boardOf('601'));
  const { client } = await signedIn(app, admin, 'supervisor', 'supervisor', { queues: ['600'] });
  const tv = app.browser('192.0.2.50');
  const { id, version } = await tv.pairBy(admin, { queues: ['600'] });
  const change = { version, name: '一楼', site: 'main', queues: ['600'], teams: null, options: SCREEN_OPTIONS };
  const put = (by: Client, board: string) => by.refused(API.changeScreen, { screen: id }, { ...change, board });
  expect(await put(client, hidden.id)).toBe('board.unknown');
  expect(await put(admin, north.id)).toBe('board.unknown');
  expect(await put(admin, 'nothing')).toBe('board.unknown');
});

test('[BRD9] a board goes out as a file and comes in whole, or not at all with every fault and its place', async () => {
  const { id } = await create(admin);
  const { text } = await admin.ask(API.boardFile, { board: id });
  const copy = await admin.ok(API.createBoard, {}, text);
  expect(copy).toMatchObject({ name: '销售', draft: boardOf('600'), published: null });
  expect(copy.id).not.toBe(id);

  const broken = boardOf('600');
  const tiles = [
    ...(broken.pages[0]?.tiles ?? []),
    { id: 't2', kind: 'clock', x: 2, y: 2, w: 20, h: 1, settings: { a: 1 } },
  ];
  const file = { site: 'main', name: '', board: { ...broken, pages: [{ ...broken.pages[0], seconds: 1, tiles }] } };
  const refused = await admin.ask(API.createBoard, {}, file);
  expect(refused.status).toBe(400);
  const paths = errorBodySchema.parse(JSON.parse(refused.text)).error.issues?.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      ...['name', 'board.pages.0.seconds', 'board.pages.0.tiles.1.w', 'board.pages.0.tiles.1.settings'],
    ]),
  );
  expect(await list(admin)).toHaveLength(2);
});

test('[BRD10] every act is in the audit log with the name and the site of the board', async () => {
  const { id } = await create(admin);
  await admin.ok(API.changeBoard, { board: id }, { version: 1, name: '客服', board: boardOf('601') });
  await admin.ok(API.publishBoard, { board: id }, { version: 2 });
  await admin.ok(API.rollBackBoard, { board: id }, { number: 1 });
  await admin.ok(API.deleteBoard, { board: id });
  expect(await list(admin)).toEqual([]);
  const { entries } = await admin.ok(API.audit, { limit: '20' });
  const ofBoards = entries.filter(({ act }) => act.startsWith('board.')).toReversed();
  expect(ofBoards.map(({ act, site, subject }) => [act, site, subject])).toEqual([
    ['board.created', 'main', '销售'],
    ['board.changed', 'main', '客服'],
    ['board.published', 'main', '客服'],
    ['board.rolledBack', 'main', '客服'],
    ['board.deleted', 'main', '客服'],
  ]);
});
