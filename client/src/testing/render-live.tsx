/** Renders a screen against both ends of a socket held by the test. */
import { act, type RenderResult, render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';
import { vi } from 'vitest';
import type { Row } from '../../../shared/delta.ts';
import { INTERVAL_MS, intervalStart, MINUTE_MS } from '../../../shared/time.ts';
import { SITE_ROW } from '../../../shared/view.ts';
import { createI18n, type Language } from '../i18n/i18n.ts';
import { LiveConnection } from '../live/live-connection.ts';
import { LiveProvider } from '../live/use-live.tsx';
import { FakeChannel, rowOf, type Wanted } from './fake-server.ts';
import { GivenSession, sessionOf } from './given-session.tsx';
import { LiveSocketPair } from './live-socket-pair.ts';

export interface LiveScreen extends RenderResult {
  readonly socket: LiveSocketPair;
  readonly board: FakeChannel;
  readonly counts: FakeChannel;
  readonly agents: FakeChannel;
  /** Commits on the server and lets the screen have it; counts come with the board. */
  readonly commit: (board: Wanted, agents?: Wanted) => void;
  /** The same, but without the counts, which are still on their way. */
  readonly commitUncounted: (board: Wanted) => void;
  readonly tip: () => void;
  readonly pass: (ms: number) => void;
}

const EVERYTHING = sessionOf('administrator');

/** Needs fake timers; the server's clock is the test's `Date`. */
export function renderLive(screen: ReactNode, language: Language = 'zh-CN', session = EVERYTHING): LiveScreen {
  const socket = new LiveSocketPair();
  const connection = new LiveConnection({ socket, now: Date.now, nextFrame: (run) => run() });
  const board = new FakeChannel('board');
  const counts = new FakeChannel('counts');
  const agents = new FakeChannel('agents');
  const channels = [board, counts, agents] as const;
  const result = render(
    <I18nextProvider i18n={createI18n(language)}>
      <GivenSession answer={session}>
        <LiveProvider connection={connection} site="main">
          {screen}
        </LiveProvider>
      </GivenSession>
    </I18nextProvider>,
  );
  act(() => connection.start());
  const flush = () => act(() => socket.flush());
  const tip = () => {
    const revs = channels.map(({ channel, rev }) => ({ site: 'main', channel, rev }));
    socket.sendTip({ serverAt: Date.now(), revs });
    flush();
  };
  const known = new Set<FakeChannel>();
  const send = (live: FakeChannel, rows: Wanted) => {
    const delta = live.commit(rows, Date.now());
    if (known.has(live)) socket.sendDelta('main', live.channel, delta);
    else socket.sendSnapshot('main', live.channel, live.snapshot(Date.now()));
    known.add(live);
  };
  const commit = (rows: Wanted, agentRows: Wanted = {}) => {
    send(board, rows);
    send(counts, rows);
    send(agents, agentRows);
    flush();
  };
  const commitUncounted = (rows: Wanted) => {
    send(board, rows);
    flush();
  };
  const pass = (ms: number) =>
    act(() => {
      vi.advanceTimersByTime(ms);
    });
  return { ...result, socket, board, counts, agents, commit, commitUncounted, tip, pass };
}

export const liveSource = (over: Parameters<typeof rowOf<'sources'>>[1] = {}): readonly [string, Row] => [
  'ami-1',
  rowOf('sources', { state: 'live', aliveAt: Date.now(), ...over }),
];

/** The whole site and both queues of a working floor. */
const COUNTED = [SITE_ROW, '600', '601'];
const WORKING = { offered: 20, answered: 19, answeredInThreshold: 18 };

export function bucket(
  table: 'trend' | 'minutes',
  queue: string,
  startAt: number,
  cells: Parameters<typeof rowOf<'trend'>>[1],
): readonly [string, Row] {
  return [`${queue}|${startAt}`, rowOf(table, { queue, startAt, ...cells })];
}

/** A working floor: one calm queue, one with a long wait. */
export function workingBoard(): Wanted {
  const now = Date.now();
  const counts = { offered: 100, answered: 95, abandoned: 5, answeredInThreshold: 90 };
  const interval = intervalStart(now);
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
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
          sources: ['ami-1'],
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
          sources: ['ami-1'],
        }),
      ],
    ],
    sources: [liveSource()],
    today: COUNTED.map((queue) => [
      queue,
      rowOf('today', { ...counts, waitMsSum: 95 * 12_000, waitP50Ms: 8_000, waitP80Ms: 15_000, waitP95Ms: 61_000 }),
    ]),
    trend: COUNTED.flatMap((queue) =>
      [interval - INTERVAL_MS, interval].map((startAt) => bucket('trend', queue, startAt, WORKING)),
    ),
    minutes: COUNTED.flatMap((queue) => [
      bucket('minutes', queue, minute - 10 * MINUTE_MS, WORKING),
      bucket('minutes', queue, minute, WORKING),
    ]),
  };
}
