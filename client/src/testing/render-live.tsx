/** Renders a screen against both ends of a socket held by the test. */
import { act, type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { vi } from 'vitest';
import type { Row } from '../../../shared/delta.ts';
import { INTERVAL_MS, intervalStart } from '../../../shared/time.ts';
import { createI18n, type Language } from '../i18n/i18n.ts';
import { LiveConnection } from '../live/live-connection.ts';
import { LiveProvider } from '../live/use-live.tsx';
import { FakeChannel, rowOf, type Wanted } from './fake-server.ts';
import { LiveSocketPair } from './live-socket-pair.ts';

export interface LiveScreen extends RenderResult {
  readonly socket: LiveSocketPair;
  readonly board: FakeChannel;
  readonly agents: FakeChannel;
  /** Commits on the server and lets the screen have it. */
  readonly commit: (board: Wanted, agents?: Wanted) => void;
  readonly tip: () => void;
  readonly pass: (ms: number) => void;
}

/** Needs fake timers; the server's clock is the test's `Date`. */
export function renderLive(screen: ReactNode, language: Language = 'zh-CN'): LiveScreen {
  const socket = new LiveSocketPair();
  const connection = new LiveConnection({ socket, now: Date.now, nextFrame: (run) => run() });
  const board = new FakeChannel('board');
  const agents = new FakeChannel('agents');
  const result = render(
    <I18nextProvider i18n={createI18n(language)}>
      <LiveProvider connection={connection} site="main">
        {screen}
      </LiveProvider>
    </I18nextProvider>,
  );
  act(() => connection.start());
  const flush = () => act(() => socket.flush());
  const tip = () => {
    const revs = [board, agents].map(({ channel, rev }) => ({ site: 'main', channel, rev }));
    socket.sendTip({ serverAt: Date.now(), revs });
    flush();
  };
  let isFirst = true;
  const commit = (boardRows: Wanted, agentRows: Wanted = {}) => {
    const deltas = [board.commit(boardRows, Date.now()), agents.commit(agentRows, Date.now())] as const;
    if (isFirst) {
      socket.sendSnapshot('main', 'board', board.snapshot(Date.now()));
      socket.sendSnapshot('main', 'agents', agents.snapshot(Date.now()));
      isFirst = false;
    } else {
      socket.sendDelta('main', 'board', deltas[0]);
      socket.sendDelta('main', 'agents', deltas[1]);
    }
    flush();
  };
  const pass = (ms: number) =>
    act(() => {
      vi.advanceTimersByTime(ms);
    });
  return { ...result, socket, board, agents, commit, tip, pass };
}

export const liveSource = (over: Parameters<typeof rowOf<'sources'>>[1] = {}): readonly [string, Row] => [
  'ami-1',
  rowOf('sources', { state: 'live', aliveAt: Date.now(), ...over }),
];

/** A working floor: one calm queue, one with a long wait. */
export function workingBoard(): Wanted {
  const now = Date.now();
  const counts = { offered: 100, answered: 95, abandoned: 5, answeredInThreshold: 90 };
  const interval = intervalStart(now);
  return {
    site: [
      [
        'main',
        rowOf('site', {
          name: '华东客服中心',
          timeZone: 'Asia/Shanghai',
          clockOffsetMs: 0,
          businessDate: '2026-11-21',
          dayStartAt: now - 3_600_000,
          waiting: 3,
          oldestWaitingSince: now - 100_000,
          signedIn: 20,
          free: 4,
          onBreak: 2,
          internalCalls: 1,
          talking: 12,
          ...counts,
        }),
      ],
    ],
    queues: [
      [
        '600',
        rowOf('queues', {
          name: '订单查询',
          thresholdMs: 20_000,
          waitingPeaks: [0, 2, 1],
          waiting: 0,
          free: 3,
          ...counts,
        }),
      ],
      [
        '601',
        rowOf('queues', {
          name: '售后服务',
          thresholdMs: 20_000,
          waitingPeaks: [1, 3],
          waiting: 3,
          oldestWaitingSince: now - 100_000,
          free: 1,
          ...counts,
        }),
      ],
    ],
    sources: [liveSource()],
    trend: ['*', '600', '601'].flatMap((queue) =>
      [interval - INTERVAL_MS, interval].map(
        (startAt) =>
          [
            `${queue}|${startAt}`,
            rowOf('trend', { queue, startAt, offered: 20, answered: 19, answeredInThreshold: 18 }),
          ] as const,
      ),
    ),
  };
}
