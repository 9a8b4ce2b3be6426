/** Rules: docs/spec/commands.md. */
import { act, fireEvent, screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { ActingAnswer } from '../../../shared/api-command.ts';
import { type Command, type CommandStatus, DOES } from '../../../shared/command.ts';
import { EVERYWHERE } from '../../../shared/policy.ts';
import type { Language } from '../i18n/i18n.ts';
import { agentView } from '../live/rows.ts';
import { Floor } from '../supervisor/floor.tsx';
import { rowOf } from '../testing/fake-server.ts';
import { fakeDialogs, givenBrowser } from '../testing/given-browser.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { renderLive, workingBoard } from '../testing/render-live.tsx';
import { newUuid } from '../uuid.ts';
import { AgentActions } from './agent-actions.tsx';

// Each renders a whole floor and talks to a server.
vi.setConfig({ testTimeout: 20_000 });

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

/** What the server makes of a command; changed while it is under way. */
let verdict: (command: Command) => Partial<CommandStatus>;
let acting: ActingAnswer;
let posted: Command[];
let undone: string[];

const statusOf = (command: Command, over: Partial<CommandStatus> = {}): CommandStatus => ({
  command,
  by: { kind: 'person', id: 'p1', name: 'Wang' },
  at: Date.now(),
  state: 'pending',
  cause: null,
  detail: null,
  endedAt: null,
  before: [],
  after: [],
  undoUntil: null,
  undoes: null,
  undoneBy: null,
  ...over,
});
const confirmed = (): Partial<CommandStatus> => ({
  state: 'confirmed',
  endedAt: Date.now(),
  undoUntil: Date.now() + 10_000,
});

const COMMANDS = '/api/v1/sites/main/commands';

beforeEach(() => {
  givenBrowser('/floor');
  fakeDialogs();
  posted = [];
  undone = [];
  verdict = confirmed;
  acting = { isAway: false, can: [...DOES], lacks: [] };
  const known = new Map<string, Command>();
  server.use(
    http.get('/api/v1/sites/main/acting', () => HttpResponse.json(acting)),
    http.get('/api/v1/sites/main/notices', () => HttpResponse.json({ isKnown: true, notices: [] })),
    http.post(COMMANDS, async ({ request }) => {
      const command = (await request.json()) as Command;
      posted.push(command);
      known.set(command.id, command);
      return HttpResponse.json(statusOf(command, verdict(command)), { status: 202 });
    }),
    http.get(`${COMMANDS}/:id`, ({ params }) => {
      const command = known.get(String(params.id));
      return command ? HttpResponse.json(statusOf(command, verdict(command))) : new HttpResponse(null, { status: 404 });
    }),
    http.post(`${COMMANDS}/:id/undo`, ({ params }) => {
      undone.push(String(params.id));
      const command: Command = { id: 'undo-1', do: 'unpause', agent: '8001', queue: null, reason: 'undo' };
      known.set(command.id, command);
      return HttpResponse.json(statusOf(command, { ...confirmed(), undoes: String(params.id) }), { status: 202 });
    }),
  );
});
afterEach(() => vi.useRealTimers());

const agent = (name: string, cells: Parameters<typeof rowOf<'agents'>>[1] = {}) =>
  rowOf('agents', {
    name,
    presence: 'available',
    activity: 'idle',
    canTakeCall: true,
    queues: ['600', '601'],
    pausedIn: [],
    ...cells,
  });
const people = () => ({
  agents: [
    ['8001', agent('<b>王伟</b>')],
    ['8002', agent('李娜', { activity: 'talking', canTakeCall: false, contactQueue: '601', caller: '138****0001' })],
    [
      '8003',
      agent('Bob', { presence: 'onBreak', presenceReason: '喝水', pausedIn: ['600', '601'], canTakeCall: false }),
    ],
  ] as const,
});

/** Lets everything that is on its way arrive, but no time pass. */
async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !isSo(); turn++) {
    await act(() => new Promise<void>((resolve) => setImmediate(resolve)));
  }
  expect(isSo()).toBe(true);
}

async function open(language: Language = 'zh-CN', session = sessionOf('administrator')) {
  const live = renderLive(<Floor />, language, session);
  live.commit(workingBoard(), people());
  live.tip();
  return live;
}

const menu = (): HTMLElement => {
  const dialog = document.querySelector<HTMLElement>('dialog.act');
  if (!dialog) throw new Error('no menu is open');
  return dialog;
};
const textBoxes = () => [...menu().querySelectorAll<HTMLInputElement>('input:not([type=radio], [type=number])')];
/** Roles are slow to ask for on a whole floor. */
const button = (within: ParentNode, name: string | RegExp): HTMLElement => {
  const found = [...within.querySelectorAll<HTMLElement>('button')].find((one) => {
    const text = one.getAttribute('aria-label') ?? one.textContent ?? '';
    return typeof name === 'string' ? text === name : name.test(text);
  });
  if (!found) throw new Error(`no button ${name}`);
  return found;
};
const undoButton = () => document.querySelector<HTMLElement>('.command-toast .command-undo');
const toasts = () => [...document.querySelectorAll('.command-toast')].map(({ textContent }) => textContent ?? '');
const press = (name: string | RegExp) => fireEvent.click(button(menu(), name));

async function openMenu(name: string): Promise<void> {
  fireEvent.click(button(document, name));
  await until(() => document.querySelector('.act__item') !== null);
}

test('[CMD80] by keyboard: a row, its letter, an action, a usual reason; done only when the PBX has shown it', async () => {
  const live = await open();
  verdict = () => ({ state: 'sent' });
  const grid = screen.getByRole('grid', { name: '座席' });
  act(() => grid.focus());
  fireEvent.keyDown(grid, { key: 'End' });
  fireEvent.keyDown(grid, { key: 'ArrowUp' });
  fireEvent.keyDown(grid, { key: 'a' });
  await until(() => document.querySelector('.act__item') !== null);
  expect(menu().querySelector('h2')?.textContent).toBe('李娜');
  expect(document.activeElement?.textContent).toBe('示忙');
  press('示忙');
  // What the floor uses comes first.
  expect(menu().querySelector('button')?.textContent).toBe('喝水');
  press('喝水');
  press('示忙');
  await until(() => posted.length === 1);
  expect(posted[0]).toMatchObject({ do: 'pause', agent: '8002', queue: null, reason: '喝水' });
  expect(posted[0]?.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  expect(document.querySelector('dialog.act')).toBeNull();
  expect(document.activeElement).toBe(grid);
  await until(() => toasts().some((text) => text.includes('已发给交换机，等待确认')));
  expect(document.querySelector('.command-mark')?.getAttribute('data-tone')).toBe('open');
  expect(undoButton()).toBeNull();

  verdict = confirmed;
  live.pass(1_000);
  await until(() => toasts().some((text) => text.includes('李娜：示忙（喝水）交换机已确认')));
  expect(document.querySelector('.command-mark')?.getAttribute('data-tone')).toBe('good');
});

test('[CMD81] it can be undone while the server allows it, and counts down to that', async () => {
  const live = await open();
  await openMenu('对<b>王伟</b>的操作');
  press('示忙');
  press('用餐');
  press('示忙');
  await until(() => undoButton() !== null);
  expect(undoButton()?.textContent).toBe('撤销 10');
  live.pass(3_000);
  expect(undoButton()?.textContent).toBe('撤销 7');
  fireEvent.click(undoButton() as Element);
  await until(() => toasts().some((text) => text.includes('<b>王伟</b>：撤销“示闲”交换机已确认')));
  expect(undone).toEqual([posted[0]?.id]);
  expect(toasts()).toHaveLength(1);
  expect(undoButton()).toBeNull();
  live.pass(30_000);
  expect(toasts()).toEqual([]);
});

test('[CMD81] after ten seconds there is no way back any more', async () => {
  const live = await open();
  await openMenu('对<b>王伟</b>的操作');
  press('示忙');
  press('用餐');
  press('示忙');
  await until(() => undoButton() !== null);
  live.pass(10_500);
  expect(undoButton()).toBeNull();
});

test('[CMD82] what failed says why, in both languages, and is never shown as done', async () => {
  verdict = () => ({ state: 'failed', cause: 'unconfirmed', endedAt: Date.now() });
  await open('en');
  await openMenu('Actions for 李娜');
  press('Hang up');
  fireEvent.change(textBoxes()[0] as Element, { target: { value: 'abuse' } });
  press('Hang up');
  await until(() => toasts().length === 1);
  await until(() => toasts()[0]?.includes('the PBX accepted it, but nothing changed') === true);
  expect(toasts()[0]).not.toContain('confirmed');
  expect(posted[0]).toMatchObject({ do: 'hang-up', agent: '8002', call: null, reason: 'abuse' });
  expect(document.querySelector('.command-mark')?.getAttribute('data-tone')).toBe('bad');
});

test('[CMD83] a network that fails is tried again with the same command; at last the outcome is said to be unknown', async () => {
  const ids: string[] = [];
  server.use(
    http.post(COMMANDS, async ({ request }) => {
      ids.push(((await request.json()) as Command).id);
      return HttpResponse.error();
    }),
  );
  const live = await open();
  await openMenu('对Bob的操作');
  press('示闲');
  press('示闲');
  for (let tries = 1; tries <= 4; tries++) {
    await until(() => ids.length === tries);
    // The failure comes back to the page.
    for (let turn = 0; turn < 20; turn++) await act(() => new Promise<void>((resolve) => setImmediate(resolve)));
    live.pass(900);
  }
  await until(() => toasts()[0]?.includes('结果未知') === true);
  expect(new Set(ids).size).toBe(1);
});

test('[CMD84] a refusal of the server is told in words', async () => {
  server.use(
    http.post(COMMANDS, () => HttpResponse.json({ error: { code: 'auth.forbidden', message: 'x' } }, { status: 403 })),
  );
  await open();
  await openMenu('对Bob的操作');
  press('示闲');
  press('示闲');
  await until(() => toasts()[0]?.includes('您没有此权限') === true);
});

test('[CMD85] who may nothing sees no actions; what the PBX does not let us do says so', async () => {
  const live = await open('en', sessionOf('analyst'));
  expect(document.querySelector('.act-open')).toBeNull();
  const grid = screen.getByRole('grid', { name: 'Agents' });
  act(() => grid.focus());
  fireEvent.keyDown(grid, { key: 'a' });
  expect(document.querySelector('dialog.act')).toBeNull();
  live.unmount();

  acting = { isAway: false, can: ['pause'], lacks: ['write = call'] };
  const who = { kind: 'person', id: 'p1', name: '王芳', scope: EVERYWHERE } as const;
  await open(
    'en',
    sessionOf('viewer', EVERYWHERE, { who: { ...who, rights: ['numbers.view', 'agents.view', 'call.hangUp'] } }),
  );
  await openMenu('Actions for 李娜');
  const items = [...document.querySelectorAll('.act__item')];
  expect(items.map(({ textContent }) => textContent)).toEqual(['Hang upthe PBX user lacks write = call']);
  expect(items[0]?.getAttribute('aria-disabled')).toBe('true');
  fireEvent.click(items[0] as Element);
  expect(document.querySelector('.act__form')).toBeNull();
});

test('[CMD85] listening asks for the own phone, and remembers it', async () => {
  await open('en');
  await openMenu('Actions for 李娜');
  press('Listen in');
  fireEvent.click(menu().querySelectorAll('input[type=radio]')[1] as Element);
  const [phone, reason] = textBoxes();
  fireEvent.change(phone as Element, { target: { value: '9101' } });
  fireEvent.change(reason as Element, { target: { value: 'coaching' } });
  press('Listen in');
  await until(() => posted.length === 1);
  expect(posted[0]).toMatchObject({ do: 'monitor', agent: '8002', mode: 'whisper', phone: '9101', reason: 'coaching' });
  await openMenu('Actions for 李娜');
  press('Listen in');
  expect(textBoxes()[0]?.value).toBe('9101');
});

test('[CMD85] somebody of some queues is not offered all queues: there may be others out of sight', async () => {
  await open('en', sessionOf('teamLead', { ...EVERYWHERE, queues: ['600'] }));
  await openMenu('Actions for 李娜');
  press('Pause');
  const offered = [...menu().querySelectorAll('option')].map(({ value }) => value);
  expect(offered).toEqual(['600', '601']);
  press('Lunch');
  press('Pause');
  await until(() => posted.length === 1);
  expect(posted[0]).toMatchObject({ do: 'pause', queue: '600' });
});

test('[CMD81] beside the button of a drawer stands what was asked last, with the way back', async () => {
  const live = renderLive(<AgentActions agent={agentView('8001', agent('王伟'))} />, 'en');
  expect(live.container.textContent).toBe('Actions');
  live.unmount();
  const none = renderLive(<AgentActions agent={agentView('8001', agent('王伟'))} />, 'en', sessionOf('analyst'));
  expect(none.container.textContent).toBe('');
});

test('[CMD86] another call in the place of the one that was meant is not hung up', async () => {
  const live = await open('en');
  await openMenu('Actions for 李娜');
  press('Hang up');
  fireEvent.change(textBoxes()[0] as Element, { target: { value: 'abuse' } });
  live.commit(
    {},
    { agents: [['8002', agent('李娜', { activity: 'talking', contactQueue: '600', caller: '139****9' })]] },
  );
  live.pass(300);
  press('Hang up');
  expect(menu().querySelector('[role=alert]')?.textContent).toContain('another call');
  expect(posted).toEqual([]);
});

test('[CMD88] from the row of a queue, somebody who is free is added to it', async () => {
  const live = await open('en');
  const helper = agent('Eve', { queues: ['600'] });
  live.commit(
    {},
    {
      agents: [
        ['8004', helper],
        ['8005', agent('Away', { presence: 'signedOut', queues: [] })],
      ],
    },
  );
  live.pass(300);
  const grid = screen.getByRole('grid', { name: 'Queues' });
  act(() => grid.focus());
  fireEvent.keyDown(grid, { key: 'Home' });
  fireEvent.keyDown(grid, { key: 'a' });
  await until(() => document.querySelector('.act__person[aria-disabled="false"]') !== null);
  expect(menu().querySelector('h2')?.textContent).toBe('售后服务');
  expect([...menu().querySelectorAll('.act__person bdi')].map(({ textContent }) => textContent)).toEqual(['Eve']);
  fireEvent.click(menu().querySelector('.act__person') as Element);
  await until(() => posted.length === 1);
  expect(posted[0]).toMatchObject({ do: 'join-queue', agent: '8004', queue: '601', penalty: 0 });
});

test('[CMD87] an id is a UUID, also where the browser makes none', () => {
  const zeros = newUuid((bytes) => bytes.fill(0));
  expect(zeros).toBe('00000000-0000-4000-8000-000000000000');
  expect(newUuid((bytes) => bytes.fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
});
