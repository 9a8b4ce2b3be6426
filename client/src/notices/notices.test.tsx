/** Rules: docs/spec/notices.md. */
import { act, fireEvent } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import type { ReactNode } from 'react';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type CreateNotice, createNoticeBody, type Notice } from '../../../shared/api-notices.ts';
import { EVERYWHERE } from '../../../shared/policy.ts';
import { Wall } from '../board/wall.tsx';
import type { Language } from '../i18n/i18n.ts';
import { Floor } from '../supervisor/floor.tsx';
import { rowOf } from '../testing/fake-server.ts';
import { fakeDialogs, givenBrowser } from '../testing/given-browser.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { renderLive, workingBoard } from '../testing/render-live.tsx';

vi.setConfig({ testTimeout: 20_000 });

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

const START = Date.UTC(2026, 10, 21, 2, 30, 0);
let standing: Notice[];
let isKnown: boolean;
let asked: number;
let posted: CreateNotice[];
let takenBack: string[];
/** Codes of refusals to come. */
let refusals: string[];

const noticeOf = (text: string, over: Partial<Notice> = {}): Notice => ({
  ...{ id: crypto.randomUUID(), text, level: 'info', queues: null, teams: null, by: '王芳', at: START },
  ...{ endsAt: START + 3_600_000, canTakeBack: true },
  ...over,
});

beforeEach(() => {
  givenBrowser('/');
  fakeDialogs();
  [standing, isKnown, asked, posted, takenBack, refusals] = [[], true, 0, [], [], []];
  const refused = () => {
    const code = refusals.shift();
    return code ? HttpResponse.json({ error: { code, message: code } }, { status: 409 }) : null;
  };
  server.use(
    http.get('/api/v1/sites/main/acting', () => HttpResponse.json({ isAway: false, can: [], lacks: [] })),
    http.get('/api/v1/sites/main/notices', () => {
      asked++;
      return HttpResponse.json({ isKnown, notices: standing });
    }),
    http.post('/api/v1/sites/main/notices', async ({ request }) => {
      const body = (await request.json()) as CreateNotice;
      posted.push(body);
      standing = [noticeOf(body.text, body), ...standing.filter(({ id }) => id !== body.id)];
      return refused() ?? HttpResponse.json(standing[0]);
    }),
    http.delete('/api/v1/sites/main/notices/:id', ({ params }) => {
      takenBack.push(String(params.id));
      standing = standing.filter(({ id }) => id !== params.id);
      return refused() ?? HttpResponse.json({});
    }),
  );
});
afterEach(() => vi.useRealTimers());

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++)
    await act(() => new Promise<void>((resolve) => setImmediate(resolve)));
  expect(isSo()).toBe(true);
}
/** What is on its way arrives. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 40; turn++) await act(() => new Promise<void>((resolve) => setImmediate(resolve)));
};
function open(screen: ReactNode, language: Language = 'zh-CN', session = sessionOf('supervisor')) {
  const live = renderLive(screen, language, session);
  live.commit(workingBoard(), {
    agents: [
      [
        '8001',
        rowOf('agents', { name: 'Bob', team: '红队', presence: 'available', activity: 'idle', queues: ['600'] }),
      ],
    ],
  });
  live.tip();
  return live;
}
/** As the server does on every connection. */
const serve = (live: ReturnType<typeof open>) => {
  live.socket.sendSnapshot('main', 'board', live.board.snapshot(Date.now()));
  act(() => live.socket.flush());
};
const tell = (live: ReturnType<typeof open>, site = 'main') => {
  live.socket.sendNotices(site);
  act(() => live.socket.flush());
  live.pass(300);
};
const shown = (selector: string) =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent ?? '');
const band = () => document.querySelector('.wall-notice');
const click = (name: string): void => {
  const found = [...document.querySelectorAll<HTMLElement>('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name,
  );
  if (!found) throw new Error(`no button ${name}`);
  fireEvent.click(found);
};

test('[NOT20] a server that does not know the site yet is not asked for its notices', async () => {
  const live = renderLive(<Wall />);
  await settle();
  expect(asked).toBe(0);
  live.commit(workingBoard());
  await until(() => asked === 1);
  await settle();
  act(() => live.socket.drop());
  act(() => live.socket.connect());
  await settle();
  expect(asked).toBe(1);
  serve(live);
  await until(() => asked === 2);
});

test('[NOT20] a wall asks when it connects and when it is told; a notice goes when it is taken back and when it ends', async () => {
  const live = open(<Wall />);
  await until(() => asked === 1);
  await settle();
  expect(band()).toBeNull();
  standing = [noticeOf('<img src=x onerror=alert(1)> 升级', { level: 'important', endsAt: START + 60_000 })];
  tell(live, 'north');
  expect(asked).toBe(1);
  tell(live);
  await until(() => band() !== null);
  expect(band()?.textContent).toBe('重要<img src=x onerror=alert(1)> 升级');
  expect(band()?.querySelector('img')).toBeNull();
  live.pass(58_000);
  expect(band()).not.toBeNull();
  live.pass(2_000);
  expect(band()).toBeNull();
  standing = [noticeOf('again')];
  tell(live);
  await until(() => band() !== null);
  standing = [];
  tell(live);
  await until(() => band() === null);
});

test('[NOT20] what was known stays while nobody can say, and is asked again until there is an answer', async () => {
  standing = [noticeOf('kept')];
  const live = open(<Wall />);
  await until(() => band() !== null);
  [isKnown, standing] = [false, []];
  act(() => live.socket.drop());
  act(() => live.socket.connect());
  serve(live);
  await until(() => asked === 2);
  await settle();
  expect(band()?.textContent).toBe('kept');
  server.use(http.get('/api/v1/sites/main/notices', () => HttpResponse.error(), { once: true }));
  live.pass(8_000);
  await settle();
  expect(band()?.textContent).toBe('kept');
  [isKnown, standing] = [true, [noticeOf('new')]];
  live.pass(8_000);
  await until(() => band()?.textContent === 'new');
});

test('[NOT21] several stand one after the other, by the clock of the server', async () => {
  standing = [noticeOf('one'), noticeOf('two')];
  const live = open(<Wall />, 'en');
  await until(() => band() !== null);
  const seen = [band()?.textContent];
  live.pass(10_000);
  seen.push(band()?.textContent);
  live.pass(10_000);
  expect(seen.toSorted()).toEqual(['one1/2', 'two2/2']);
  expect(band()?.textContent).toBe(seen[0]);
});

test('[NOT22] the floor shows two with author and times, and whom they are for; the rest is behind a button', async () => {
  standing = [
    noticeOf('first', { level: 'important', queues: ['600'] }),
    noticeOf('second', { teams: ['红队'] }),
    noticeOf('third'),
  ];
  open(<Floor />);
  await until(() => document.querySelector('.floor-notice') !== null);
  expect(shown('.floor-notice')).toEqual([
    expect.stringMatching(/^重要first发给 订单查询王芳10:30至 11:30另有 1 条$/),
    expect.stringMatching(/^second发给 红队王芳10:30至 11:30$/),
  ]);
  click('另有 1 条');
  expect(shown('.notice-item .notice-text')).toEqual(['first', 'second', 'third']);
  click('撤回：second');
  await until(() => shown('.notice-item').length === 2);
  expect(takenBack).toHaveLength(1);
});

async function openForm(language: Language = 'zh-CN', session = sessionOf('supervisor')) {
  standing = [noticeOf('there', { canTakeBack: false })];
  const live = open(<Floor />, language, session);
  await until(() => document.querySelector('.floor-notice__open') !== null);
  fireEvent.click(document.querySelector('.floor-notice__open') as Element);
  return live;
}
const selects = () => [...document.querySelectorAll<HTMLSelectElement>('.notice-form select')];
const textField = () => document.querySelector('.notice-form textarea') as HTMLTextAreaElement;

test('[NOT22] a notice is written for the whole site; after a failure the form keeps it, and it is the same one', async () => {
  refusals = ['server.failed'];
  await openForm('en');
  fireEvent.change(textField(), { target: { value: '  line one \r\n\n line two\nmore ' } });
  fireEvent.change(selects()[2] as Element, { target: { value: 'important' } });
  click('Show');
  await until(() => document.querySelector('.notice-form .form-error')?.textContent !== '');
  expect(textField().value).toContain('line one');
  click('Show');
  await until(() => document.querySelector('.notice-form') === null);
  expect(posted).toHaveLength(2);
  expect(posted[1]).toEqual(posted[0]);
  expect(createNoticeBody.parse(posted[0])).toMatchObject({
    ...{ text: 'line one\nline two more', level: 'important', queues: null, teams: null, minutes: 60 },
  });
  await until(() => shown('.floor-notice').length === 2);
});

test('[NOT22] somebody of some teams writes within these alone; whoever may not write sees no form', async () => {
  const { unmount } = await openForm('zh-CN', sessionOf('teamLead', { ...EVERYWHERE, teams: ['红队', '绿队'] }));
  expect(selects()[0]?.selectedOptions[0]?.textContent).toBe('我负责的全部');
  fireEvent.change(textField(), { target: { value: 'a' } });
  click('发布');
  await until(() => posted.length === 1);
  expect(posted[0]).toMatchObject({ queues: null, teams: ['红队', '绿队'] });
  await until(() => document.querySelector('.notice-form') === null);
  unmount();
  await openForm('zh-CN', sessionOf('analyst'));
  expect(shown('.notice-item .notice-text')).toEqual(['there']);
  expect([document.querySelector('.notice-form'), document.querySelector('.notice-item button')]).toEqual([null, null]);
});
