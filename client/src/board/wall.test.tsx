import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rowOf } from '../testing/fake-server.ts';
import { liveSource, renderLive, workingBoard } from '../testing/render-live.tsx';
import { Wall } from './wall.tsx';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 2, 30, 0) });
  history.replaceState(null, '', '/wall?tz=Asia/Shanghai');
});
afterEach(() => vi.useRealTimers());

const tile = (label: string) => {
  const heading = screen.getByRole('heading', { level: 2, name: new RegExp(label) });
  return heading.parentElement as HTMLElement;
};
const row = (name: string) =>
  screen.getByText(name, { selector: '.queues__name bdi' }).closest('[role=row]') as HTMLElement;

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

test('waits tick without traffic', () => {
  const live = renderLive(<Wall />);
  live.commit(workingBoard());
  live.tip();
  expect(row('售后服务').textContent).toContain('1:40');
  live.pass(2_100);
  expect(row('售后服务').textContent).toContain('1:42');
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
      ['junk', ['*', 'x']],
      ['odd', ['*', Date.now(), 3]],
    ],
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
