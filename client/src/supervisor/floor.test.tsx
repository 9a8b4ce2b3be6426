import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { intervalStart } from '../../../shared/time.ts';
import { SITE_ROW, TABLES } from '../../../shared/view.ts';
import { rowOf } from '../testing/fake-server.ts';
import { fakeDialogs, givenBrowser } from '../testing/given-browser.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { bucket, liveSource, renderLive, workingBoard } from '../testing/render-live.tsx';
import { Floor } from './floor.tsx';

beforeEach(() => {
  givenBrowser('/floor');
});
afterEach(() => vi.useRealTimers());

/** jsdom lays nothing out; a chart needs a size to draw into. */
class LaidOut {
  readonly #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(): void {
    const entry = { contentRect: { width: 600, height: 200 } } as ResizeObserverEntry;
    this.#tell([entry], this as unknown as ResizeObserver);
  }

  unobserve(): void {}
  disconnect(): void {}
}

const agent = (name: string, cells: Parameters<typeof rowOf<'agents'>>[1] = {}) =>
  rowOf('agents', {
    name,
    presence: 'available',
    presenceSince: Date.now() - 65_000,
    activity: 'idle',
    activitySince: Date.now() - 65_000,
    canTakeCall: true,
    queues: ['600'],
    pausedIn: [],
    answered: 7,
    handled: 7,
    talkMsSum: 700_000,
    ringNoAnswer: 0,
    ...cells,
  });

const people = () => ({
  agents: [
    ['8001', agent('王伟')],
    [
      '8002',
      agent('李娜', {
        activity: 'talking',
        canTakeCall: false,
        contactQueue: '601',
        caller: '138****0001',
        activitySince: Date.now(),
      }),
    ],
    ['8003', agent('<b>Bob</b>', { presence: 'onBreak', canTakeCall: false, presenceReason: '<i>lunch</i> 🍜' })],
  ] as const,
});
const grid = (name: string) => screen.getByRole('grid', { name });
const names = (name: string) =>
  [...grid(name).querySelectorAll('.grid__row .cell--name bdi:first-of-type')].map(({ textContent }) => textContent);

function open() {
  const live = renderLive(<Floor />);
  live.commit(workingBoard(), people());
  live.tip();
  return live;
}

test('totals, queues and agents are there; the breached queue stands first and says so', () => {
  open();
  expect(screen.getByLabelText('全场合计').textContent).toMatch(/等待人数3超阈最长等待 1:40/);
  expect(names('队列')).toEqual(['售后服务', '订单查询']);
  expect(grid('队列').querySelector('[data-mark=critical]')?.textContent).toContain('超阈');
  expect(names('座席')).toHaveLength(3);
});

test('the clock and the axis of the chart tell the time of the site', () => {
  vi.stubGlobal('ResizeObserver', LaidOut);
  const live = open();
  const hour = Date.UTC(2026, 10, 21, 2, 0, 0);
  live.commit({ trend: [bucket('trend', SITE_ROW, hour, { offered: 9, answered: 9 })] });
  live.pass(1_100);
  expect(live.container.querySelector('.floor-header__clock')?.textContent).toBe('10:30:01');
  const axis = [...live.container.querySelectorAll('.chart__axis')].map(({ textContent }) => textContent);
  expect(axis).toContain('10:00');
});

test('names, reasons and callers are text; time in state ticks', () => {
  const live = open();
  const rows = grid('座席');
  expect(rows.querySelector('b, i')).toBeNull();
  expect(within(rows).getByText('<i>lunch</i> 🍜')).toBeDefined();
  const talking = within(rows).getByText('李娜').closest('[role=row]');
  expect(talking?.textContent).toContain('售后服务138****0001');
  expect(talking?.textContent).toContain('0:00');
  live.pass(3_050);
  expect(talking?.textContent).toContain('0:03');
});

test('sorting by a header, filtering by keys, chips with counts, Escape clears', () => {
  const live = open();
  fireEvent.click(within(grid('座席')).getByRole('button', { name: '状态' }));
  expect(names('座席')).toEqual(['王伟', '李娜', '<b>Bob</b>']);
  fireEvent.click(within(grid('座席')).getByRole('button', { name: '状态' }));
  expect(names('座席')).toEqual(['<b>Bob</b>', '李娜', '王伟']);
  expect(within(grid('座席')).getByRole('columnheader', { name: '状态' }).getAttribute('aria-sort')).toBe('descending');

  fireEvent.keyDown(document.body, { key: '/' });
  const filter = screen.getByRole('searchbox');
  expect(document.activeElement).toBe(filter);
  fireEvent.change(filter, { target: { value: '8002' } });
  expect(names('座席')).toEqual(['李娜']);
  fireEvent.keyDown(filter, { key: 'Escape' });
  expect(names('座席')).toHaveLength(3);

  const chip = screen.getByRole('button', { name: /示忙/ });
  expect(chip.textContent).toBe('示忙 1');
  fireEvent.click(chip);
  expect(names('座席')).toEqual(['<b>Bob</b>']);
  expect(chip.getAttribute('aria-pressed')).toBe('true');
  live.unmount();
});

test('arrow keys move through the rows', () => {
  open();
  const rows = grid('座席');
  act(() => rows.focus());
  fireEvent.keyDown(rows, { key: 'ArrowDown' });
  fireEvent.keyDown(rows, { key: 'ArrowDown' });
  const active = document.getElementById(rows.getAttribute('aria-activedescendant') ?? '');
  expect(active?.getAttribute('aria-selected')).toBe('true');
  fireEvent.keyDown(rows, { key: 'Home' });
  expect(rows.getAttribute('aria-activedescendant')).not.toBe(active?.id);
});

test('rows do not jump under the pointer', () => {
  const live = open();
  const order = names('队列');
  fireEvent.pointerEnter(grid('队列'), { pointerType: 'mouse' });
  live.pass(20_000);
  live.commit({
    queues: [['601', rowOf('queues', { name: '售后服务', thresholdMs: 20_000, waiting: 0 })]],
    sources: [liveSource()],
  });
  live.tip();
  expect(names('队列')).toEqual(order);
  fireEvent.pointerLeave(grid('队列'));
  live.pass(1_000);
  expect(names('队列')).toEqual([...order].reverse());
});

test('groups by queue, an agent under each of theirs', () => {
  const live = open();
  live.commit({}, { agents: [['8001', agent('王伟', { queues: ['600', '601'] })]] });
  live.pass(300);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'queue' } });
  const headings = [...grid('座席').querySelectorAll('.grid__group-name')].map(({ textContent }) => textContent);
  expect(headings).toEqual(['订单查询 3', '售后服务 1']);
  expect(names('座席').filter((name) => name === '王伟')).toHaveLength(2);
});

test('without data: a banner with the cause, dashes instead of numbers', () => {
  const live = open();
  act(() => live.socket.drop());
  live.pass(12_000);
  expect(screen.getByRole('alert').textContent).toContain('本屏与服务器断开');
  expect(grid('座席').textContent).not.toContain('138****0001');
  expect(within(grid('队列')).getAllByText('--').length).toBeGreaterThan(4);
});

test('the chart of the day: which quarter its numbers belong to, dashes without data, a word while it is short', () => {
  vi.stubGlobal('ResizeObserver', LaidOut);
  const live = open();
  const chart = () => screen.getByLabelText('全天走势 · 每15分钟', { selector: 'section' }).textContent;
  expect(chart()).toContain('进线 20接通 1910:15');
  act(() => live.socket.drop());
  live.pass(12_000);
  expect(chart()).toContain('进线 --接通 --');
  expect(live.container.querySelector('.spark[aria-label$="3"]')).toBeNull();
  live.unmount();

  const young = renderLive(<Floor />);
  const now = Date.now();
  young.commit({
    ...workingBoard(),
    trend: [bucket('trend', SITE_ROW, intervalStart(now), { offered: 1 })],
  });
  young.tip();
  expect(chart()).toContain('满两个15分钟后显示走势');
});

test('every queue tells what it answered, was offered and lost today', () => {
  open();
  expect(grid('队列').querySelector('.cell--answered[role=gridcell]')?.textContent).toBe('95 / 100');
  expect(grid('队列').querySelector('.cell--abandoned[role=gridcell]')?.textContent).toBe('5');
});

test('[MET52] a queue opens into its windows, waits and the formula of its service level, and closes again', () => {
  const live = open();
  fireEvent.click(screen.getByText('售后服务', { selector: '.panel--queues bdi' }));
  const detail = () => screen.queryByRole('region', { name: /售后服务/ });
  expect(detail()?.textContent).toContain('20秒接通率（进线） = 阈内接通 ÷ 进线 · 目标 ≥ 80%');
  const fact = (name: string) => within(detail() as HTMLElement).getByText(name, { selector: 'dt' }).nextSibling;
  expect(['等待 P50', '等待 P80', '等待 P95', '平均等待'].map((name) => fact(name)?.textContent)).toEqual([
    '0:08',
    '0:15',
    '1:01',
    '0:12',
  ]);
  const offered = within(detail() as HTMLElement).getByRole('row', { name: /^进线/ });
  // Minutes of now and ten ago; the running quarter and the one before; the day.
  expect([...offered.querySelectorAll('td')].map(({ textContent }) => textContent)).toEqual([
    '20',
    '40',
    '40',
    '40',
    '20',
    '20',
    '100',
  ]);
  fireEvent.keyDown(document.body, { key: 'Escape' });
  expect(detail()).toBeNull();
  const queues = grid('队列');
  act(() => queues.focus());
  fireEvent.keyDown(queues, { key: 'Enter' });
  expect(detail()).not.toBeNull();
  live.unmount();
});

test('[MET53] teams are added up under their names; chosen columns tell the day and its open state', () => {
  localStorage.setItem('floorcast.agentColumns', 'occupancy nonsense handledPerHour');
  const live = open();
  const hour = 3_600_000;
  const working = (team: string | null, handled: number, countedTo: number) =>
    agent(team ?? 'solo', {
      team,
      activity: 'talking',
      handled,
      presenceMs: [0, hour],
      activityMs: [hour / 2, 0, hour / 2],
      availableIdleMs: hour / 2,
      countedTo,
    });
  const now = Date.now();
  live.commit(
    {},
    {
      agents: [
        ['8001', working('一班', 10, now)],
        ['8002', working('一班', 20, now)],
        ['8003', working(null, 12, now - hour)],
      ],
    },
  );
  live.pass(300);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: 'team' } });
  const headings = [...grid('座席').querySelectorAll('.grid__group')].map((row) =>
    ['.grid__group-name', '.cell--day-handledPerHour', '.cell--day-occupancy'].map(
      (cell) => row.querySelector(cell)?.textContent,
    ),
  );
  expect(headings).toEqual([
    // With the button of its team.
    ['一班 2发消息', '15.0', '50%'],
    // An hour of talk since its day was booked.
    ['未分班组 1', '6.0', '75%'],
  ]);
});

test('what lasts too long is marked with shape and word, and every gap has its word', () => {
  const live = open();
  const board = workingBoard();
  const now = Date.now();
  const queue = rowOf('queues', { name: '订单查询', waitingPeaks: [0, 2, 1], sources: ['ami-1'], suspects: 2 });
  live.commit(
    {
      ...board,
      queues: [['600', queue]],
      gaps: [['ami-1|1', rowOf('gaps', { source: 'ami-1', startAt: now - 600_000, endAt: now - 300_000 })]],
    },
    { agents: [['8001', agent('王伟', { isSuspect: true })]] },
  );
  live.pass(300);
  expect(grid('队列').querySelector('.suspect')?.textContent).toBe('存疑 2');
  expect(grid('座席').querySelector('.suspect')?.textContent).toBe('存疑');
  const row = () => screen.getByText('订单查询', { selector: '.panel--queues bdi' }).closest('[role=row]');
  const spark = () => row()?.querySelector('.cell--spark svg')?.getAttribute('aria-label');
  expect(spark()).toBe('近1小时等待峰值 2; 数据缺口 10:20–10:25');
  expect(live.container.querySelector('.gap-legend')?.textContent).toBe('数据缺口');
  live.commit({
    gaps: [['ami-1|1', rowOf('gaps', { source: 'ami-1', startAt: now - 600_000, endAt: now, isFilled: true })]],
  });
  live.pass(300);
  expect(spark()).toContain('已由交换机日志补齐 10:20–10:30');
});

test('queues of one group are added up', () => {
  const live = open();
  const board = workingBoard();
  const grouped = (board.queues ?? []).map(([id, cells]) => {
    const named = Object.fromEntries(TABLES.queues.map((name, at) => [name, cells?.[at] ?? null]));
    return [id, rowOf('queues', { ...named, group: '售后' })] as const;
  });
  live.commit({ ...board, queues: grouped });
  fireEvent.click(screen.getByRole('button', { name: '按队列组' }));
  const total = (cell: string) => grid('队列').querySelector(`.grid__group .cell--${cell}`)?.textContent;
  expect(['waiting', 'longest', 'level', 'answered', 'abandoned'].map(total)).toEqual([
    '3',
    '1:40',
    '90%',
    '190 / 200',
    '10',
  ]);
});

test('the key ? opens the list of keys; language and density are remembered', () => {
  fakeDialogs();
  open();
  fireEvent.keyDown(document.body, { key: '?' });
  expect(screen.getByText('键盘快捷键', { selector: 'dialog h2' }).closest('dialog')?.open).toBe(true);
  fireEvent.click(screen.getByRole('button', { name: '紧凑', hidden: true }));
  expect(localStorage.getItem('floorcast.density')).toBe('compact');
  act(() => screen.getByRole('button', { name: 'English', hidden: true }).click());
  expect(localStorage.getItem('floorcast.language')).toBe('en');
  expect(screen.getByText('Agents', { selector: 'h2' })).toBeDefined();
});

test('[ACC49] who sees no agents asks for none, and has the queues', () => {
  const live = renderLive(<Floor />, 'zh-CN', sessionOf('viewer'));
  live.commit(workingBoard());
  live.tip();
  expect(live.socket.asked.map(({ channel }) => channel).sort()).toEqual(['board', 'counts']);
  expect(screen.queryByRole('grid', { name: '座席' })).toBeNull();
  expect(names('队列')).toEqual(['售后服务', '订单查询']);
});
