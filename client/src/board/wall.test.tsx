import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { MINUTE_MS } from '../../../shared/time.ts';
import { SITE_ROW, TABLES } from '../../../shared/view.ts';
import { rowOf, type Wanted } from '../testing/fake-server.ts';
import { bucket, liveSource, renderLive, workingBoard } from '../testing/render-live.tsx';
import { Wall } from './wall.tsx';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 2, 30, 0) });
  history.replaceState(null, '', '/wall');
});
afterEach(() => vi.useRealTimers());

const tile = (label: string) => {
  const heading = screen.getByRole('heading', { level: 2, name: new RegExp(label) });
  return heading.parentElement as HTMLElement;
};
const row = (name: string) =>
  screen.getByText(name, { selector: '.queues__name bdi' }).closest('[role=row]') as HTMLElement;

const siteWith = (board: Wanted, cells: Parameters<typeof rowOf<'site'>>[1]): NonNullable<Wanted['site']> =>
  board.site?.map(([id, cellsBefore]) => {
    const names = TABLES.site.map((name, i) => [name, cellsBefore?.[i] ?? null]);
    return [id, rowOf('site', { ...Object.fromEntries(names), ...cells })] as const;
  }) ?? [];

test('before the first data there are dashes and no colour, never zeros', () => {
  const { container } = renderLive(<Wall />);
  expect(tile('等待人数').textContent).toContain('--');
  expect(container.textContent).not.toMatch(/\b0\b/);
  expect(container.querySelector('[data-severity=critical], [data-severity=warning], .tag')).toBeNull();
  expect(screen.getByText('正在接收第一份数据')).toBeDefined();
});

test('numbers carry their target; only what is out of order is marked, with shape and word', () => {
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  expect(within(tile('等待人数')).getByText('3')).toBeDefined();
  expect(tile('等待人数').textContent).toContain('目标 ≤ 20 秒');
  expect(tile('等待人数').textContent).toContain('超阈');
  expect(tile('20秒接通率').textContent).toContain('90%');
  expect(tile('^接通率').textContent).toContain('放弃 5');
  expect(row('订单查询').dataset.severity).toBe('normal');
  expect(row('售后服务').textContent).toContain('超阈');
  const strip = screen.getByLabelText('超阈与预警');
  expect(strip.textContent).toContain('售后服务');
  expect(strip.textContent).not.toContain('订单查询');
});

test('the strip is never calmer than the headline, and says when few calls prove nothing', () => {
  const live = renderLive(<Wall />);
  const board = workingBoard();
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
  /** The working board's minutes and one more, each with these cells. */
  const minutesOf = (cells: Parameters<typeof rowOf<'trend'>>[1], ofSite = cells): NonNullable<Wanted['minutes']> => [
    ...(board.minutes ?? []).map(([id]) => [id, undefined] as const),
    ...['600', '601'].map((queue) => bucket('minutes', queue, minute, cells)),
    bucket('minutes', SITE_ROW, minute, ofSite),
  ];
  const strip = () => screen.getByLabelText('超阈与预警').textContent;
  // Few calls for one queue, enough for the site.
  const few = { offered: 8, answered: 4, answeredInThreshold: 2 };
  const site = siteWith(board, { waiting: 0, oldestWaitingSince: null });
  const calm = board.queues?.slice(0, 1) ?? [];
  live.commit({ ...board, site, queues: calm });
  live.commit({ minutes: minutesOf(few, { offered: 24, answeredInThreshold: 6 }) });
  live.tip();
  expect(tile('20秒接通率').textContent).toContain('超阈');
  expect(strip()).toBe('超阈全场服务水平1 个队列来电少，服务水平未作判断');
  live.commit({ minutes: minutesOf(few) });
  live.pass(1_100);
  expect(strip()).toBe('暂无预警、超阈1 个队列来电少，服务水平未作判断');
  live.commit({ minutes: minutesOf({ offered: 20, answered: 19, answeredInThreshold: 18 }) });
  live.pass(1_100);
  expect(strip()).toBe('各队列正常无预警，无超阈');
});

test('the board without its counts is calm: what is known is shown, no zero stands for what is not', () => {
  const live = renderLive(<Wall />);
  const board = workingBoard();
  live.commitUncounted({ ...board, queues: board.queues?.slice(0, 1) ?? [], site: siteWith(board, { waiting: 0 }) });
  live.tip();
  expect(within(tile('可接座席')).getByText('4')).toBeDefined();
  expect(tile('20秒接通率').textContent).not.toMatch(/\d%.*\d%|[^\d]0%/);
  expect(within(tile('20秒接通率')).getAllByText('--').length).toBeGreaterThan(0);
  expect(within(tile('^接通率')).getByText('--')).toBeDefined();
  expect(tile('^接通率').textContent).toContain('放弃 --');
  expect(row('订单查询').textContent).toContain('-- / --');
  expect(screen.getByLabelText('超阈与预警').textContent).toContain('服务水平正在读取');
  live.commit(board);
  live.pass(1_100);
  expect(row('订单查询').textContent).toContain('95 / 100');
});

test('[MET51] a queue with a service level of its own says so; the heading names that of the others', () => {
  const live = renderLive(<Wall />);
  const board = workingBoard();
  const odd = rowOf('queues', { name: '英语专线', serviceLevel: 'slExclShortAbandons', targetRatio: 0.9 });
  live.commit({ ...board, queues: [...(board.queues ?? []), ['602', odd]] });
  live.tip();
  expect(row('英语专线').textContent).toContain('口径 不计短放弃');
  expect(row('订单查询').textContent).not.toContain('口径');
  expect(screen.getByRole('columnheader', { name: /服务水平/ }).textContent).toBe('服务水平进线');
  expect(tile('20秒接通率').textContent).toContain('进线 · 近30分钟');
  expect(tile('20秒接通率').textContent).toContain('阈内接通 ÷ 进线');
});

test('one of two sources lost: its queues and the totals are withheld, the queues of the other go on', () => {
  const live = renderLive(<Wall />);
  const board = workingBoard();
  const fedBy = (source: string, index: number): NonNullable<Wanted['queues']>[number] => {
    const [id, cells] = board.queues?.[index] ?? ['', []];
    const named = Object.fromEntries(TABLES.queues.map((name, i) => [name, cells?.[i] ?? null]));
    return [id, rowOf('queues', { ...named, sources: [source] })];
  };
  const east = ['east', liveSource()[1]] as const;
  const west = () => ['west', liveSource()[1]] as const;
  live.commit({ ...board, queues: [fedBy('east', 1), fedBy('west', 0)], sources: [east, west()] });
  live.tip();
  for (let i = 0; i < 8; i++) {
    live.pass(2_000);
    live.commit({ sources: [west()] });
    live.tip();
  }
  expect(within(tile('等待人数')).getByText('--')).toBeDefined();
  expect(row('售后服务').textContent).toMatch(/最后 3 · 10:30:00--/);
  expect(row('订单查询').textContent).toContain('95 / 100');
  expect(row('订单查询').dataset.severity).toBe('normal');
  const alert = screen.getByRole('alert').textContent;
  expect(alert).toContain('east交换机连接中断');
  expect(alert).not.toContain('west');
  // The breach of the lost queue is neither cleared nor counted on.
  expect(alert).toContain('售后服务');
  expect(alert).not.toContain('1:4');
});

test('waits tick without traffic', () => {
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  expect(row('售后服务').textContent).toContain('1:40');
  live.pass(2_100);
  expect(row('售后服务').textContent).toContain('1:42');
});

test('an idle site whose snapshot is a day old, as after a replayed recording, shows right waits', () => {
  const DAY = 86_400_000;
  const live = renderLive(<Wall />);
  live.tip();
  vi.setSystemTime(Date.now() - DAY);
  const recorded = workingBoard();
  live.board.commit({ ...recorded, site: siteWith(recorded, { clockOffsetMs: -DAY }) }, Date.now());
  const snapshot = live.board.snapshot(Date.now());
  vi.setSystemTime(Date.now() + DAY);
  act(() => {
    live.socket.sendSnapshot('main', 'board', snapshot);
    live.socket.flush();
  });
  live.commit({ sources: [liveSource()] });
  live.tip();
  expect(within(row('售后服务')).getByText('1:40')).toBeDefined();
  live.pass(2_100);
  expect(within(row('售后服务')).getByText('1:42')).toBeDefined();
});

test('clock and date tell the time of the site on a screen set to another zone; the address overrules it', () => {
  const live = renderLive(<Wall />);
  const header = () => live.container.querySelector('.wall-header')?.textContent;
  const board = workingBoard();
  live.commit({ ...board, site: siteWith(board, { timeZone: 'Pacific/Auckland' }) });
  live.tip();
  live.pass(1_100);
  // 02:30 UTC.
  expect(header()).toContain('15:30:01');
  expect(header()).toContain('11月21日星期六');
  live.commit({ site: siteWith(board, { timeZone: 'America/Los_Angeles' }) });
  expect(header()).toContain('18:30:01');
  expect(header()).toContain('11月20日星期五');
  live.commit({ site: siteWith(board, { timeZone: 'Mars/Phobos' }) });
  expect(header()).toContain(new Date().toTimeString().slice(0, 8));
  live.unmount();

  history.replaceState(null, '', '/wall?tz=Asia/Tokyo');
  const other = renderLive(<Wall />);
  other.commit(board);
  other.tip();
  other.pass(1_000);
  expect(other.container.querySelector('.wall-header')?.textContent).toContain('11:30:02');
});

test('queues stand in the order of their names, whatever the order in which the server came to know them', () => {
  const names = { q10: '2组', q2: '10组', q3: '售后', q9: '订单', q1: '订单' };
  const rows = Object.entries(names).map(
    ([id, name]) => [id, rowOf('queues', { name, waiting: 0, waitingPeaks: [] })] as const,
  );
  for (const queues of [rows, [...rows].reverse()]) {
    const live = renderLive(<Wall />);
    live.commit({ ...workingBoard(), queues });
    live.tip();
    const shown = [...live.container.querySelectorAll('.queues__name bdi')].map(({ textContent }) => textContent);
    expect(shown).toEqual(['2组', '10组', '订单', '订单', '售后']);
    live.unmount();
  }
});

test('a silent source: values withheld, last ones small with their time, the cause named, waits stand still', () => {
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  for (let i = 0; i < 8; i++) {
    live.pass(2_000);
    live.tip();
  }
  expect(within(tile('等待人数')).getByText('--')).toBeDefined();
  expect(tile('等待人数').textContent).toContain('最后 3 · 10:30:00');
  expect(tile('等待人数').textContent).toContain('交换机连接中断');
  expect(row('售后服务').textContent).not.toContain('1:');
  expect(screen.getByRole('alert').textContent).toContain('数据截至 10:30:00');
  // The breach is not cleared by the loss of data.
  expect(screen.getByRole('alert').textContent).toContain('售后服务');
});

test('a lost server is not blamed on the source', () => {
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  act(() => live.socket.drop());
  live.pass(11_000);
  expect(screen.getByRole('alert').textContent).toContain('本屏与服务器断开');
});

test('a closed centre is a calm page, and comes back by itself', () => {
  const live = renderLive(<Wall />, 'en');
  live.commit({ site: [['main', rowOf('site', { name: 'HQ', signedIn: 0, waiting: 0 })]], sources: [liveSource()] });
  live.tip();
  expect(screen.getByText('Nobody is signed in and no calls arrive')).toBeDefined();
  expect(screen.queryByText('Waiting')).toBeNull();
  live.commit({ site: [['main', rowOf('site', { name: 'HQ', signedIn: 1, waiting: 0 })]] });
  expect(screen.getByText('Waiting', { selector: 'h2 span' })).toBeDefined();
});

test('names from the PBX are text, whatever they hold', () => {
  const live = renderLive(<Wall />);
  const evil = '<img src=x onerror="window.owned=1">';
  const board = workingBoard();
  live.commit({
    ...board,
    queues: [['x', rowOf('queues', { name: evil, waiting: 0 })]],
    site: [['main', rowOf('site', { name: '<script>1</script>', signedIn: 1 })]],
  });
  live.tip();
  expect(row(evil)).toBeDefined();
  expect(live.container.querySelector('img, script')).toBeNull();
  expect(screen.getByText(evil, { selector: 'bdi' }).title).toBe(evil);
});

test('broken rows do not take the board down', () => {
  const live = renderLive(<Wall />);
  live.commit({
    site: [['main', [null, 5, 'x' as never, null, -1, null, 'many' as never, true]]],
    queues: [['600', []]],
    sources: [['s', ['live', Date.now()]]],
    trend: [
      ['junk', [SITE_ROW, 'x']],
      ['odd', [SITE_ROW, Date.now(), 3]],
    ],
    minutes: [
      ['600|x', []],
      [`|${Date.now()}`, ['', Date.now(), 3, 'x' as never]],
    ],
    gaps: [['g', [7, 'x']]],
    today: [['600', []]],
  });
  live.tip();
  expect(within(row('600')).getAllByRole('cell').length).toBeGreaterThan(3);
});

test('pages rotate and jump to a breach', () => {
  const live = renderLive(<Wall />);
  const board = workingBoard();
  live.commit({ ...board, queues: board.queues?.slice(0, 1) ?? [] });
  const stay = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      live.pass(1_000);
      live.commit({ sources: [liveSource()] });
      live.tip();
    }
  };
  stay(26_000);
  expect(screen.getByText('座席状态')).toBeDefined();
  live.commit({ queues: board.queues?.slice(1) ?? [] });
  stay(1_000);
  expect(screen.queryByText('座席状态')).toBeNull();
  expect(row('售后服务')).toBeDefined();
});
