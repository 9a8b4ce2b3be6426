/** Messages to an agent and to a team. Rules: docs/spec/commands.md. */
import { act, fireEvent } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type Command, type CommandStatus, DOES } from '../../../shared/command.ts';
import { EVERYWHERE } from '../../../shared/policy.ts';
import type { Language } from '../i18n/i18n.ts';
import { Floor } from '../supervisor/floor.tsx';
import { rowOf } from '../testing/fake-server.ts';
import { fakeDialogs, givenBrowser } from '../testing/given-browser.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { renderLive, workingBoard } from '../testing/render-live.tsx';

// Each renders a whole floor and talks to a server.
vi.setConfig({ testTimeout: 20_000 });

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

let verdict: (command: Command) => Partial<CommandStatus>;
let posted: Extract<Command, { do: 'message' }>[];
let mostAtOnce: number;

const taken = (): Partial<CommandStatus> => ({ state: 'confirmed', endedAt: Date.now() });
const statusOf = (command: Command): CommandStatus => ({
  ...{ command, by: { kind: 'person', id: 'p1', name: '王芳' }, at: Date.now(), state: 'pending' },
  ...{ cause: null, detail: null, endedAt: null, before: [], after: [], undoUntil: null, undoes: null, undoneBy: null },
  ...verdict(command),
});

beforeEach(() => {
  givenBrowser('/floor?group=team');
  fakeDialogs();
  posted = [];
  mostAtOnce = 0;
  verdict = taken;
  let atOnce = 0;
  server.use(
    http.get('/api/v1/sites/main/notices', () => HttpResponse.json({ isKnown: true, notices: [] })),
    http.get('/api/v1/sites/main/acting', () => HttpResponse.json({ isAway: false, can: [...DOES], lacks: [] })),
    http.post('/api/v1/sites/main/commands', async ({ request }) => {
      mostAtOnce = Math.max(mostAtOnce, ++atOnce);
      const command = (await request.json()) as Extract<Command, { do: 'message' }>;
      posted.push(command);
      atOnce--;
      return HttpResponse.json(statusOf(command), { status: 202 });
    }),
  );
});
afterEach(() => vi.useRealTimers());

const agent = (name: string, team: string | null, cells: Parameters<typeof rowOf<'agents'>>[1] = {}) =>
  rowOf('agents', {
    ...{ name, team, presence: 'available', activity: 'idle', canTakeCall: true, queues: ['600'], pausedIn: [] },
    ...cells,
  });
const people = (many = 0) => ({
  agents: [
    ['PJSIP/8001', agent('<b>王伟</b>', '红队')] as const,
    ['Local/8002@agents', agent('李娜', '红队')] as const,
    ['PJSIP/8003', agent('Bob', '红队', { presence: 'signedOut', canTakeCall: false })] as const,
    ['PJSIP/8004', agent('Eve', '蓝队')] as const,
    ...Array.from({ length: many }, (_, n) => [`PJSIP/9${n}`, agent(`N${n}`, '大队')] as const),
  ],
});

async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++)
    await act(() => new Promise<void>((resolve) => setImmediate(resolve)));
  expect(isSo()).toBe(true);
}
function open(language: Language = 'zh-CN', session = sessionOf('supervisor'), many = 0) {
  const live = renderLive(<Floor />, language, session);
  live.commit(workingBoard(), people(many));
  live.tip();
  return live;
}
const find = (name: string): HTMLElement | undefined =>
  [...document.querySelectorAll<HTMLElement>('button')].find(
    (one) => (one.getAttribute('aria-label') ?? one.textContent?.trim()) === name,
  );
const click = (name: string): void => {
  const found = find(name);
  if (!found) throw new Error(`no button ${name}`);
  fireEvent.click(found);
};
const toasts = () => [...document.querySelectorAll('.command-toast')].map(({ textContent }) => textContent ?? '');
const field = () => document.querySelector<HTMLInputElement>('.act__form input') as HTMLInputElement;
async function byTeam(): Promise<void> {
  const select = document.querySelector('.panel--agents select') as HTMLSelectElement;
  fireEvent.change(select, { target: { value: 'team' } });
  await until(() => document.querySelector('.grid__group') !== null);
}

test.each([
  ['zh-CN', '对<b>王伟</b>的操作', '发消息', '发送', '<b>王伟</b>：发消息（请到 <i>3</i> 楼）已交给电话系统'],
  [
    'en',
    'Actions for <b>王伟</b>',
    'Message',
    'Send',
    '<b>王伟</b>: Message (请到 <i>3</i> 楼)handed to the phone system',
  ],
] as const)(
  '[CMD93] a message is told as handed over, never as read, and has no way back, in %s',
  async (language, actions, message, send, told) => {
    open(language);
    click(actions);
    await until(() => find(message) !== undefined);
    click(message);
    expect(field().maxLength).toBe(160);
    fireEvent.change(field(), { target: { value: ' 请到 <i>3</i> 楼 ' } });
    click(send);
    await until(() => toasts().some((text) => text.includes(told)));
    expect(posted).toMatchObject([{ do: 'message', agent: 'PJSIP/8001', text: '请到 <i>3</i> 楼' }]);
    expect(document.querySelector('.command-undo')).toBeNull();
  },
);

test('[CMD93] a message that may or may not have been sent says so, and not to look at the agent', async () => {
  verdict = () => ({ state: 'failed', cause: 'outcome.unknown', endedAt: Date.now() });
  open('en');
  click('Actions for Eve');
  await until(() => find('Message') !== undefined);
  click('Message');
  fireEvent.change(field(), { target: { value: 'x' } });
  click('Send');
  await until(() => toasts().some((text) => text.includes('nobody knows whether it was sent')));
  expect(toasts().join()).not.toContain('look at the agent');
});

test('[CMD95] to a team: each who is signed in once, how many were handed over, and who was not, with the reason', async () => {
  verdict = ({ agent: id }) =>
    id?.startsWith('Local/') ? { state: 'failed', cause: 'phone.notSip', endedAt: Date.now() } : taken();
  const live = open();
  await byTeam();
  click('给班组 红队 发消息');
  await until(() => document.querySelector('.act__go') !== null);
  await until(() => document.querySelector('.act__go')?.getAttribute('aria-disabled') === 'false');
  expect(document.querySelector('.act__form')?.textContent).toContain('发给班组中已签入的 2 人。 未签入的 1 人不发。');
  fireEvent.change(field(), { target: { value: '开会' } });
  click('发送');
  await until(() => posted.length === 2 && !(toasts()[0] ?? '进行中').includes('进行中'));
  expect(posted.map(({ agent: id, text }) => [id, text]).toSorted()).toEqual([
    ['Local/8002@agents', '开会'],
    ['PJSIP/8001', '开会'],
  ]);
  expect(new Set(posted.map(({ id }) => id)).size).toBe(2);
  expect(toasts()).toEqual(['红队：发消息已交给电话系统：1 / 2 人。李娜：不是用 SIP 话机接听，无法发送文字']);
  // Somebody has to see to those who were not reached: it stays until it is put away.
  live.pass(120_000);
  expect(toasts()).toHaveLength(1);
  fireEvent.click(document.querySelector('.command-toast__close') as Element);
  expect(toasts()).toEqual([]);
});

test('[CMD95] a large team is asked a few at a time, and one line stands for all of it', async () => {
  const live = open('en', sessionOf('supervisor'), 30);
  await byTeam();
  click('Message to team 大队');
  await until(() => document.querySelector('.act__go')?.getAttribute('aria-disabled') === 'false');
  fireEvent.change(field(), { target: { value: 'x' } });
  click('Send');
  expect(toasts()[0]).toContain('Under way: 30.');
  await until(() => toasts()[0]?.includes('Handed to the phone system: 30 of 30.') === true);
  expect(new Set(posted.map(({ agent: id }) => id)).size).toBe(30);
  expect(posted).toHaveLength(30);
  expect(mostAtOnce).toBeLessThanOrEqual(4);
  live.pass(6_000);
  expect(toasts()).toEqual([]);
});

test('[CMD85] whoever may send no messages, or none to that team, is offered none', async () => {
  open('zh-CN', sessionOf('teamLead', { ...EVERYWHERE, teams: ['蓝队'] }));
  await byTeam();
  expect(find('给班组 蓝队 发消息')).toBeDefined();
  expect(find('给班组 红队 发消息')).toBeUndefined();
});
