import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import type { Person } from '../../../shared/api-access.ts';
import { EVERYWHERE } from '../../../shared/policy.ts';
import { sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { PeoplePage } from './people-page.tsx';

const api = fakeApi(sessionOf('administrator'));

const person = (id: string, name: string, over: Partial<Person> = {}): Person => ({
  ...{ id, name, login: id, version: 3, role: 'teamLead', scope: EVERYWHERE, isActive: true },
  ...{ hasTotp: false, isLocal: true, createdAt: 0, signedInAt: null, ...over },
});
const PEOPLE = [
  person('zhangwei', '张伟', { scope: { sites: ['main'], queues: ['600', 'gone'], teams: ['一组'] }, hasTotp: true }),
  person('sunlei', '孙磊', { isActive: false, role: 'supervisor' }),
  person('zhaomin', '赵敏', { isLocal: false, role: 'analyst' }),
];
const named = (...names: (readonly [string, string])[]) => names.map(([id, name]) => ({ id, name }));

beforeEach(() => {
  api.answer('get', '/api/v1/people', { people: PEOPLE });
  api.answer('get', '/api/v1/sites', { sites: named(['main', '华东'], ['west', '西部']) });
  api.answer('get', '/api/v1/sites/main/queues', { queues: named(['600', '订单查询'], ['601', '售后服务']) });
  api.answer('get', '/api/v1/sites/west/queues', { queues: named(['600', '订单查询']) });
  api.answer('get', '/api/v1/sites/main/teams', { teams: named(['一组', '一组'], ['二组', '二组']) });
  api.answer('get', '/api/v1/sites/west/teams', { teams: [] });
});

const sent = () => api.asked.filter(({ method }) => method === 'POST' || method === 'PUT');
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });
const rows = () => [...document.querySelectorAll('.list tbody tr')].map((row) => row.textContent ?? '');
const group = (name: string) => screen.getByRole('group', { name: new RegExp(`^${name}`) });
const preview = () => screen.getByRole('region', { name: '权限预览' }).textContent;

async function edit(name: string) {
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name }));
  await screen.findByRole('dialog');
  await waitFor(() => expect(within(group('队列')).queryByText('订单查询')).not.toBeNull());
}

test('[ACC54] the list: who may sign in first, scope in words, found by name, login and role', async () => {
  renderPage(<PeoplePage />);
  await waitFor(() => expect(rows()).toHaveLength(3));
  await waitFor(() => expect(rows()[0]).toContain('中心：华东；队列：订单查询、gone；班组：一组'));
  expect(rows()[1]).toContain('单点登录');
  expect(rows()[2]).toContain('已停用');
  type('按姓名、登录名、角色查找', '主管');
  expect(rows()).toHaveLength(1);
  type('按姓名、登录名、角色查找', 'ZHANG');
  expect(rows()[0]).toContain('张伟');
  type('按姓名、登录名、角色查找', 'nobody');
  expect(screen.getByText('没有符合条件的人员')).toBeDefined();
});

test('[ACC54] a new person, by queue and team', async () => {
  api.answer('post', '/api/v1/people', {});
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '添加人员' }));
  type('姓名', '刘洋');
  type('登录名', 'liuyang');
  type('初始密码', 'correct horse battery');
  fireEvent.click(screen.getByRole('radio', { name: /^班长/ }));
  fireEvent.click(within(group('队列')).getByRole('radio', { name: '仅限选中的' }));
  fireEvent.click(await within(group('队列')).findByRole('checkbox', { name: /售后服务/ }));
  fireEvent.click(within(group('班组')).getByRole('radio', { name: '仅限选中的' }));
  fireEvent.click(within(group('班组')).getByRole('checkbox', { name: /二组/ }));
  expect(preview()).toContain('刘洋能看到');
  expect(preview()).toContain('2 个队列中 1 个的数字：售后服务');
  expect(preview()).toContain('2 个班组中 1 个的座席：二组');
  fireEvent.click(screen.getByRole('button', { name: '创建' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent().map(({ body }) => body)).toEqual([
    {
      ...{ login: 'liuyang', name: '刘洋', role: 'teamLead', password: 'correct horse battery' },
      scope: { sites: null, queues: ['601'], teams: ['二组'] },
    },
  ]);
  expect(screen.getByText('刘洋 已保存')).toBeDefined();
});

test('[ACC54] a password can be suggested, and is shown to be handed over', async () => {
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '添加人员' }));
  fireEvent.click(screen.getByRole('button', { name: '生成' }));
  const { value } = screen.getByLabelText('生成的密码') as HTMLTextAreaElement;
  expect(value).toMatch(/^([a-km-np-z2-9]{4}-){3}[a-km-np-z2-9]{4}$/);
  expect(screen.getByLabelText('初始密码')).toHaveProperty('value', value);
  type('初始密码', 'something else');
  expect(screen.queryByLabelText('生成的密码')).toBeNull();
});

test('[ACC56] a refusal at a field, and everything typed stays', async () => {
  api.refuse('post', '/api/v1/people', 409, 'access.loginTaken');
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '添加人员' }));
  type('姓名', '刘洋');
  type('登录名', 'zhangwei');
  type('初始密码', 'correct horse battery');
  fireEvent.click(screen.getByRole('button', { name: '创建' }));
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('登录名')));
  expect(screen.getByText('此登录名已被使用，请换一个')).toBeDefined();
  expect(screen.getByLabelText('初始密码')).toHaveProperty('value', 'correct horse battery');
});

test('[ACC56] a field that the form does not show is told as a whole', async () => {
  const issues = [{ path: 'surprise', message: 'unknown' }];
  api.refuse('post', '/api/v1/people', 400, 'request.invalid', { issues });
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '添加人员' }));
  type('姓名', '刘洋');
  type('登录名', 'liuyang');
  type('初始密码', 'correct horse battery');
  fireEvent.click(screen.getByRole('button', { name: '创建' }));
  await waitFor(() => expect(screen.getByRole('dialog').textContent).toContain('有内容不符合要求：surprise'));
});

test('[ACC54] a change is whole and names its version; a name that is not there now stays given', async () => {
  api.answer('put', '/api/v1/people/zhangwei', {});
  await edit('张伟');
  expect(within(group('队列')).getByRole('checkbox', { name: /gone.*目前不存在/ })).toHaveProperty('checked', true);
  type('姓名', '张伟（早班）');
  fireEvent.click(screen.getByRole('checkbox', { name: /设置新密码/ }));
  type('初始密码', 'correct horse battery');
  fireEvent.click(screen.getByRole('checkbox', { name: /重置两步验证/ }));
  fireEvent.click(screen.getByRole('checkbox', { name: /允许登录/ }));
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  await waitFor(() => expect(sent()).toHaveLength(1));
  expect(sent()[0]).toEqual({
    method: 'PUT',
    path: '/api/v1/people/zhangwei',
    body: {
      ...{ version: 3, name: '张伟（早班）', role: 'teamLead', isActive: false },
      scope: { sites: ['main'], queues: ['600', 'gone'], teams: ['一组'] },
      ...{ password: 'correct horse battery', resetTotp: true },
    },
  });
});

test('[ACC54] who signs in elsewhere has no password here', async () => {
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '赵敏' }));
  await screen.findByRole('dialog');
  expect(screen.queryByRole('checkbox', { name: /设置新密码/ })).toBeNull();
});

test('[ACC54] signing somebody out is done at once', async () => {
  api.answer('post', '/api/v1/people/zhangwei/sign-out', {});
  await edit('张伟');
  fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: '退出所有设备' }));
  expect(await screen.findByText('已退出所有设备')).toBeDefined();
  expect(sent().map(({ path }) => path)).toEqual(['/api/v1/people/zhangwei/sign-out']);
});

test('[ACC55] of two changes both are shown, and mine can go over theirs', async () => {
  await edit('张伟');
  type('姓名', '张伟二');
  const theirs = person('zhangwei', '张伟', { version: 8, role: 'supervisor', scope: PEOPLE[0]?.scope ?? EVERYWHERE });
  api.refuse('put', '/api/v1/people/zhangwei', 409, 'access.conflict');
  api.answer('get', '/api/v1/people', { people: [theirs] });
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  const conflict = await screen.findByRole('alert', { name: '其间已被他人修改' });
  const differs = within(conflict).getAllByRole('row').slice(1);
  expect(differs.map((row) => row.textContent)).toEqual(['姓名张伟张伟二', '角色主管班长']);

  api.answer('put', '/api/v1/people/zhangwei', {});
  fireEvent.click(screen.getByRole('button', { name: '保留我的修改并保存' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent().map(({ body }) => (body as { version: number }).version)).toEqual([3, 8]);
});

test('[ACC55] or theirs is taken, and goes on from there', async () => {
  await edit('张伟');
  type('姓名', '张伟二');
  api.refuse('put', '/api/v1/people/zhangwei', 409, 'access.conflict');
  api.answer('get', '/api/v1/people', { people: [person('zhangwei', '张大伟', { version: 8 })] });
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  fireEvent.click(await screen.findByRole('button', { name: '改用已保存的版本' }));
  expect(screen.getByLabelText('姓名')).toHaveProperty('value', '张大伟');
  api.answer('put', '/api/v1/people/zhangwei', {});
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  await waitFor(() => expect(sent().at(-1)?.body).toMatchObject({ version: 8, name: '张大伟' }));
});

test('[ACC56] Esc closes what was not changed, and asks before it throws a change away', async () => {
  await edit('张伟');
  fireEvent.keyDown(screen.getByLabelText('姓名'), { key: 'Escape' });
  expect(screen.queryByRole('dialog')).toBeNull();

  fireEvent.click(screen.getByRole('button', { name: '张伟' }));
  type('姓名', '张伟二');
  fireEvent.keyDown(screen.getByLabelText('姓名'), { key: 'Escape' });
  fireEvent.click(await screen.findByRole('button', { name: '继续编辑' }));
  expect(screen.getByLabelText('姓名')).toHaveProperty('value', '张伟二');
  fireEvent.keyDown(screen.getByLabelText('姓名'), { key: 'Escape' });
  fireEvent.click(await screen.findByRole('button', { name: '放弃修改' }));
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('[ACC49] nobody is offered to give what they have not', async () => {
  const { who } = sessionOf('manager', { sites: ['main'], queues: ['600'], teams: null });
  const rights = [...(who?.rights ?? []), 'people.manage' as const];
  api.session = { ...sessionOf('manager'), who: who && { ...who, rights } };
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '添加人员' }));
  expect(screen.getByRole('radio', { name: /^管理员/ })).toHaveProperty('disabled', true);
  expect(screen.getByRole('radio', { name: /^运营经理/ })).toHaveProperty('disabled', false);
  const queues = group('队列');
  expect(within(queues).getByRole('radio', { name: /^全部/ })).toHaveProperty('disabled', true);
  await within(queues).findByRole('checkbox', { name: /订单查询/ });
  expect(within(queues).queryByRole('checkbox', { name: /售后服务/ })).toBeNull();
  expect(within(group('班组')).getByRole('radio', { name: /^全部/ })).toHaveProperty('disabled', false);
});

test('[ACC58] a name that nobody knows yet can be given', async () => {
  api.answer('put', '/api/v1/people/zhaomin', {});
  api.answer('get', '/api/v1/sites/main/teams', { teams: [] });
  renderPage(<PeoplePage />);
  fireEvent.click(await screen.findByRole('button', { name: '赵敏' }));
  fireEvent.click(within(group('班组')).getByRole('radio', { name: '仅限选中的' }));
  const filter = await within(group('班组')).findByRole('searchbox');
  fireEvent.change(filter, { target: { value: '夜班组' } });
  fireEvent.click(within(group('班组')).getByRole('button', { name: /夜班组/ }));
  fireEvent.click(screen.getByRole('button', { name: '保存' }));
  await waitFor(() =>
    expect(sent()[0]?.body).toMatchObject({ scope: { sites: null, queues: null, teams: ['夜班组'] } }),
  );
});

test('[ACC56] a list that cannot be read says so and comes with the next try', async () => {
  api.refuse('get', '/api/v1/people', 503, 'database.unreachable');
  renderPage(<PeoplePage />);
  expect((await screen.findByRole('alert')).textContent).toContain('数据库暂时无法访问');
  api.answer('get', '/api/v1/people', { people: PEOPLE });
  fireEvent.click(screen.getByRole('button', { name: '重试' }));
  await waitFor(() => expect(rows()).toHaveLength(3));
});
