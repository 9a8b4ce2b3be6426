import { act, screen, within } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { PublishedBoard } from '../../../shared/api-boards.ts';
import { boardSchema } from '../../../shared/board.ts';
import { type LiveScreen, liveSource, renderLive, workingBoard } from '../testing/render-live.tsx';
import { boardOf, publishedBoard } from './testing-board.ts';
import { Wall } from './wall.tsx';

// A minute of a wall is drawn sixty times.
vi.setConfig({ testTimeout: 30_000 });
const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterAll(() => server.close());

/** What the server answers now; a code: it refuses, null: it is away. */
let answer: PublishedBoard | string | null;
beforeEach(() => {
  vi.useFakeTimers({
    now: Date.UTC(2026, 10, 21, 2, 30, 0),
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
  history.replaceState(null, '', '/wall?board=b1');
  localStorage.clear();
  answer = publishedBoard();
  server.use(
    http.get('/api/v1/sites/main/notices', () => HttpResponse.json({ isKnown: true, notices: [] })),
    http.get('/api/v1/boards/b1/published', () => {
      if (answer === null) return HttpResponse.error();
      if (typeof answer !== 'string') return HttpResponse.json(answer);
      return HttpResponse.json({ error: { code: answer, message: answer } }, { status: 404 });
    }),
  );
});
afterEach(() => {
  server.resetHandlers();
  vi.useRealTimers();
});

async function settled(isSo: () => void): Promise<void> {
  await act(() => vi.waitFor(isSo, { interval: 20, timeout: 20_000 }));
}

async function wallWithData(language: 'zh-CN' | 'en' = 'zh-CN'): Promise<LiveScreen> {
  const live = renderLive(<Wall />, language);
  live.commit(workingBoard());
  live.tip();
  await settled(() => expect(live.container.querySelector('.tile')).not.toBeNull());
  return live;
}

const tile = (label: string) =>
  screen.getByRole('heading', { level: 2, name: new RegExp(label) }).closest('section') as HTMLElement;

/** Seconds pass, and the server and its source stay alive. */
function stay(live: LiveScreen, seconds: number): void {
  for (let passed = 0; passed < seconds; passed++) {
    live.pass(1_000);
    live.commit({ sources: [liveSource()] });
    live.tip();
  }
}

test('the board of these tests is one that the server takes', () => {
  expect(boardSchema.parse(boardOf())).toEqual(boardOf());
});

test('[BRD11] every kind of tile tells what the standard wall would, with state as shape and word', async () => {
  history.replaceState(null, '', '/wall?board=b1&page=1');
  const live = await wallWithData();
  expect(within(tile('等待人数')).getByText('3')).toBeDefined();
  expect(tile('等待人数').textContent).toContain('超阈');
  expect(tile('等待人数').textContent).toContain('目标 ≤ 20 秒');
  expect(tile('最长等待').textContent).toContain('售后服务');
  expect(within(tile('最长等待')).getByText(/^1:4\d$/)).toBeDefined();
  expect(tile('可接座席').textContent).toContain('4');
  expect(tile('可接座席').textContent).not.toContain('目标');
  expect(tile('接通率').textContent).toContain('90%');
  const row = screen.getByText('售后服务', { selector: '.tile-queues bdi' }).closest('[role=row]');
  expect(row?.textContent).toMatch(/^售后服务超阈31:4\d90%1$/);
  expect(screen.getByText('座席状态')).toBeDefined();
  expect(screen.getByText('今晚系统升级')).toBeDefined();
  expect(live.container.querySelector('.tile-clock')?.textContent).toContain('10:30');
  expect(document.title).toBe('早班看板 · Floorcast');
  live.unmount();
  history.replaceState(null, '', '/wall?board=b1&page=2');
  await wallWithData('en');
  expect(screen.getByText(/The day/)).toBeDefined();
  expect(screen.getByText('订单查询', { selector: '.tile-heat bdi' })).toBeDefined();
});

test('[BRD12] numbers that cannot be trusted are withheld in every tile, with the last one small', async () => {
  history.replaceState(null, '', '/wall?board=b1&page=1');
  const live = await wallWithData();
  for (let i = 0; i < 8; i++) {
    live.pass(2_000);
    live.tip();
  }
  const figures = [...live.container.querySelectorAll('.figure, .state-bar__count')];
  expect(figures.length).toBeGreaterThan(10);
  expect(new Set(figures.map(({ textContent }) => textContent))).toEqual(new Set(['--']));
  expect(tile('等待人数').textContent).toContain('最后 3 · 10:30:00');
  expect(live.container.querySelector('.shown-board [data-severity=critical], .shown-board .tag')).toBeNull();
});

test('[BRD4] on a board for agents neither a tile nor the line of breaches tells how many wait or how long', async () => {
  history.replaceState(null, '', '/wall?board=b1&page=1');
  answer = publishedBoard({ board: boardOf('agents') });
  const live = await wallWithData();
  expect(tile('等待人数').textContent).toBe('等待人数座席看板不显示此项');
  expect(tile('最长等待').textContent).toBe('最长等待座席看板不显示此项');
  expect(screen.queryByRole('columnheader', { name: '等待' })).toBeNull();
  expect(screen.getByLabelText('超阈与预警').textContent).toContain('售后服务');
  expect(live.container.textContent).not.toContain('1:4');
});

test('[BRD13] pages take turns by their own seconds, and a breach brings the first page that shows its queue', async () => {
  const calm = { ...workingBoard(), queues: workingBoard().queues?.slice(0, 1) ?? [] };
  const live = renderLive(<Wall />);
  live.commit(calm);
  live.tip();
  await settled(() => expect(live.container.querySelector('.tile')).not.toBeNull());
  const title = () => live.container.querySelector('.wall-header__title')?.textContent;
  expect(title()).toBe('总览');
  stay(live, 11);
  expect(title()).toBe('走势');
  stay(live, 20);
  expect(title()).toBe('走势');
  live.commit({ queues: workingBoard().queues?.slice(1) ?? [] });
  stay(live, 1);
  expect(title()).toBe('总览');
});

test('[BRD14] a new version takes the place of the old one without the page being loaded', async () => {
  const live = await wallWithData();
  const main = live.container.querySelector('main');
  const changed = boardOf();
  changed.pages[0]?.tiles.pop();
  answer = publishedBoard({ number: 2, board: changed });
  stay(live, 61);
  await settled(() => expect(screen.queryByText('今晚系统升级')).toBeNull());
  expect(live.container.querySelector('main')).toBe(main);
});

test('[BRD15] a wall that starts without the server has the frame of its last board, and no number', async () => {
  (await wallWithData()).unmount();
  answer = null;
  const live = renderLive(<Wall />);
  expect(tile('等待人数').textContent).toContain('--');
  expect(screen.getByText('今晚系统升级')).toBeDefined();
  expect(live.container.textContent).not.toMatch(/(^|[^\d:])0($|[^\d:])/);
});

test('[BRD16] a board that is gone gives way to the standard one, which says so, and is forgotten', async () => {
  (await wallWithData()).unmount();
  answer = 'board.unknown';
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  await settled(() => expect(screen.getByText('找不到所选看板，现显示标准看板')).toBeDefined());
  expect(live.container.querySelector('.headline')).not.toBeNull();
  expect(document.title).toBe('大屏 · Floorcast');
  live.unmount();
  answer = null;
  const again = renderLive(<Wall />);
  expect(again.container.querySelector('.tile')).toBeNull();
});

test('[BRD16] a board of another site is none of this wall', async () => {
  answer = publishedBoard({ site: 'north' });
  renderLive(<Wall />);
  await settled(() => expect(screen.getByText('找不到所选看板，现显示标准看板')).toBeDefined());
});
