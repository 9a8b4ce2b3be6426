import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { AuditEntry } from '../../../shared/api-access.ts';
import { createI18n } from '../i18n/i18n.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { changesOf } from './audit-changes.ts';
import { auditCsv } from './audit-csv.ts';
import { AuditPage } from './audit-page.tsx';
import { ACTS, isSaid, reasonOf, sentenceText } from './audit-sentence.ts';

const api = fakeApi(sessionOf('administrator'));
beforeEach(() => history.replaceState(null, '', '/audit'));

const entry = (number: number, over: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ number, at: Date.UTC(2026, 10, 21, 2, 0, number % 60), act: 'person.created', site: null, subject: '刘洋' },
  who: { kind: 'person', id: 'p1', name: '王芳' },
  ...{ reason: null, before: null, after: null, from: '10.0.0.7', ...over },
});
const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => entry(from - i));
const sentences = () => [...document.querySelectorAll('.audit__sentence')].map((one) => one.textContent);
const asked = () => api.asked.map(({ path }) => path);

test('[ACC60] every act is a sentence in both languages; one that nobody knows is told by its name', () => {
  for (const language of ['zh-CN', 'en'] as const) {
    const { t } = createI18n(language);
    for (const act of ACTS) {
      const text = sentenceText(t, {
        act,
        who: { kind: 'person', id: '', name: 'WHO' },
        subject: 'SUBJECT',
        after: null,
      });
      expect(text, act).not.toContain('access.act');
      expect(text, act).toMatch(/WHO|SUBJECT/);
    }
  }
  const { t } = createI18n('en');
  const unknown = {
    act: 'rocket.launched',
    who: { kind: 'anybody', id: '', name: '' },
    subject: '<b>{{who}}',
    after: null,
  };
  expect(sentenceText(t, unknown)).toBe('Nobody signed in: rocket.launched <b>{{who}}');
});

test('[ACC60] what was asked of the PBX is told with the name of the agent, with its end and its cause', () => {
  const about = { do: 'pause', name: '<b>王伟</b>', command: 'c1' };
  const told = (act: string, after: object) =>
    (['zh-CN', 'en'] as const).map((language) => sentenceText(createI18n(language).t, entry(1, { act, after })));
  expect(told('command.asked', about)).toEqual([
    '王芳 要求交换机对 <b>王伟</b> 执行“示忙”',
    '王芳 asked the PBX for “Pause” on <b>王伟</b>',
  ]);
  expect(told('agent.paused', about)).toEqual(['王芳 让 <b>王伟</b> 示忙', '王芳 paused <b>王伟</b>']);
  expect(told('command.failed', { ...about, state: 'failed', cause: 'source.away' })).toEqual([
    '王芳 对 <b>王伟</b> 的“示忙”：交换机未连接，没有执行',
    '王芳 asked for “Pause” on <b>王伟</b>: the PBX is not connected; not done',
  ]);
  expect(told('command.failed', { ...about, state: 'expired', cause: null })[1]).toContain('within 5 s; not done');
  expect(isSaid(entry(1, { act: 'agent.paused', after: about }), 'do')).toBe(true);
  expect(isSaid(entry(1, { act: 'agent.paused', after: about }), 'rows.600.paused')).toBe(false);
  expect(isSaid(entry(1, { act: 'person.changed', after: { name: 'x', do: 1 } }), 'name')).toBe(false);
  const undone = entry(1, { act: 'agent.unpaused', reason: 'undo', after: { ...about, undoes: 'c0' } });
  expect(reasonOf(createI18n('zh-CN').t, undone)).toBe('撤销');
});

test('[ACC60] details tell only what differs', () => {
  const before = { role: 'teamLead', scope: { queues: ['600'], teams: null }, old: 1 };
  const after = { role: 'supervisor', scope: { queues: ['600', '601'], teams: null }, hasTotp: true };
  expect(changesOf(before, after)).toEqual([
    { path: 'role', before: 'teamLead', after: 'supervisor' },
    { path: 'scope.queues', before: ['600'], after: ['600', '601'] },
    { path: 'hasTotp', before: undefined, after: true },
    { path: 'old', before: 1, after: undefined },
  ]);
  expect(changesOf(null, null)).toEqual([]);
  expect(changesOf(null, 'odd')).toEqual([{ path: '', before: undefined, after: 'odd' }]);
  expect(changesOf({ bands: [{ from: '08:00' }] }, { bands: [] })).toEqual([
    { path: 'bands', before: '[{"from":"08:00"}]', after: [] },
  ]);
});

test('[ACC60] an entry: who did what, why, and its details', async () => {
  const after = { role: 'supervisor', rights: ['numbers.view'], scope: { queues: null } };
  const one = entry(7, { act: 'person.changed', reason: '转岗', before: { role: 'teamLead' }, after });
  api.answer('get', '/api/v1/audit', { entries: [one], next: null });
  renderPage(<AuditPage />);
  await waitFor(() => expect(sentences()).toEqual(['王芳 修改了人员 刘洋转岗']));
  const details = document.querySelector('.audit__details')?.textContent;
  expect(details).toContain('角色班长主管');
  expect(details).toContain('权限—数字');
  expect(details).toContain('队列范围—不限');
  expect(details).toContain('来自10.0.0.7');
});

test('[ACC61] older entries come as the end comes into sight, and by hand', async () => {
  let show: IntersectionObserverCallback = () => {};
  class Sight {
    constructor(tell: IntersectionObserverCallback) {
      show = tell;
    }
    observe() {}
    disconnect() {}
  }
  vi.stubGlobal('IntersectionObserver', Sight);
  api.answer('get', '/api/v1/audit', { entries: range(100, 51), next: 51 });
  renderPage(<AuditPage />);
  await waitFor(() => expect(sentences()).toHaveLength(50));
  // The end is watched from when effects have run.
  await act(async () => {});
  api.answer('get', '/api/v1/audit', { entries: range(50, 2), next: 2 });
  act(() => show([{ isIntersecting: true } as IntersectionObserverEntry], {} as IntersectionObserver));
  await waitFor(() => expect(sentences()).toHaveLength(99));
  api.answer('get', '/api/v1/audit', { entries: range(1, 1), next: null });
  fireEvent.click(screen.getByRole('button', { name: '更早的记录' }));
  await waitFor(() => expect(sentences()).toHaveLength(100));
  expect(screen.queryByRole('button', { name: '更早的记录' })).toBeNull();
  expect(asked()).toEqual([
    '/api/v1/audit?limit=50',
    '/api/v1/audit?before=51&limit=50',
    '/api/v1/audit?before=2&limit=50',
  ]);
});

test('[ACC61] a page that fails keeps those before it and is asked for again', async () => {
  api.answer('get', '/api/v1/audit', { entries: range(100, 51), next: 51 });
  renderPage(<AuditPage />);
  await waitFor(() => expect(sentences()).toHaveLength(50));
  api.refuse('get', '/api/v1/audit', 503, 'database.unreachable');
  fireEvent.click(screen.getByRole('button', { name: '更早的记录' }));
  expect((await screen.findByRole('alert')).textContent).toContain('数据库暂时无法访问');
  expect(sentences()).toHaveLength(50);
  api.answer('get', '/api/v1/audit', { entries: range(50, 50), next: null });
  fireEvent.click(screen.getByRole('button', { name: '重试' }));
  await waitFor(() => expect(sentences()).toHaveLength(51));
});

test('[ACC61] the filter stands in the address, and begins from it', async () => {
  history.replaceState(null, '', '/audit?text=%E5%88%98&lang=zh-CN');
  api.answer('get', '/api/v1/audit', { entries: range(9, 9), next: null });
  renderPage(<AuditPage />);
  await waitFor(() => expect(asked()).toEqual(['/api/v1/audit?limit=50&text=%E5%88%98']));
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'token' } });
  await waitFor(() => expect(asked().at(-1)).toBe('/api/v1/audit?limit=50&text=token'));
  expect(location.search).toBe('?text=token&lang=zh-CN');
  fireEvent.change(screen.getByRole('searchbox'), { target: { value: '' } });
  await waitFor(() => expect(location.search).toBe('?lang=zh-CN'));
});

test('[ACC62] a table for spreadsheets: no formula, Chinese readable, quotes kept', () => {
  const odd = entry(3, { subject: '=HYPERLINK("x")', reason: 'a "b"\nc', after: { name: '刘,洋' }, site: '+main' });
  const csv = auditCsv([odd], () => '-sentence');
  expect(csv.startsWith('\uFEFFnumber,at,')).toBe(true);
  expect(csv.split('\r\n')[1]).toBe(
    `3,2026-11-21T02:00:03.000Z,王芳,person,p1,person.created,'-sentence,'+main,"'=HYPERLINK(""x"")","a ""b""\nc",,"{""name"":""刘,洋""}",10.0.0.7`,
  );
});

test('[ACC62] the export holds every entry that matches, not only those in sight', async () => {
  history.replaceState(null, '', '/audit?text=x');
  api.answer('get', '/api/v1/audit', { entries: range(400, 351), next: 351 });
  const saved: Blob[] = [];
  vi.stubGlobal(
    'URL',
    Object.assign(URL, { createObjectURL: (blob: Blob) => `blob:${saved.push(blob)}`, revokeObjectURL() {} }),
  );
  const clicked = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
  renderPage(<AuditPage />);
  await waitFor(() => expect(sentences()).toHaveLength(50));
  api.use(
    http.get('/api/v1/audit', ({ request }) => {
      const before = new URL(request.url).searchParams.get('before');
      return HttpResponse.json(
        before ? { entries: range(200, 1), next: null } : { entries: range(400, 201), next: 201 },
      );
    }),
  );
  fireEvent.click(screen.getByRole('button', { name: '导出 CSV' }));
  await waitFor(() => expect(clicked).toHaveBeenCalled());
  const lines = (await (saved[0] as Blob).text()).trim().split('\r\n');
  expect(lines).toHaveLength(401);
  expect(lines[400]).toContain('王芳 添加了人员 刘洋');
  expect(asked().slice(1)).toEqual(['/api/v1/audit?limit=200&text=x', '/api/v1/audit?before=201&limit=200&text=x']);
});
