import { screen } from '@testing-library/react';
import { HttpResponse, http } from 'msw';
import { expect, test } from 'vitest';
import { WallAccess } from '../access/wall-signed-out.tsx';
import { SIGNED_OUT, sessionOf } from '../testing/given-session.tsx';
import { fakeApi, renderPage } from '../testing/render-access.tsx';
import { keepWanted, keptWanted } from './kept-wanted.ts';

const api = fakeApi(SIGNED_OUT);
const STARTED = { secret: 'S'.repeat(43), expiresAt: 0 };
const wall = () =>
  renderPage(
    <WallAccess>
      <p>numbers</p>
    </WallAccess>,
  );

/** Answers to the questions of the TV, one after the other; the last one stays under way. */
function claims(...states: readonly ('gone' | 'paired')[]) {
  const left = [...states];
  api.use(
    http.post('/api/v1/pairings/claim', () => {
      const state = left.shift();
      if (state === 'paired') api.session = sessionOf('viewer');
      return state ? HttpResponse.json({ state }) : new Promise<never>(() => {});
    }),
  );
}

test('[TV1] a TV that nobody knows shows a code and the way to pair it, and its numbers by itself once it is paired', async () => {
  api.answer('post', '/api/v1/pairings', { ...STARTED, code: 'ACDEFG' });
  let pair = () => {};
  const paired = new Promise<void>((resolve) => (pair = resolve));
  api.use(
    http.post('/api/v1/pairings/claim', async () => {
      await paired;
      api.session = sessionOf('viewer');
      return HttpResponse.json({ state: 'paired' });
    }),
  );
  wall();
  expect(await screen.findByText('ACD EFG')).toBeDefined();
  expect(screen.getByText(`${location.origin}/screens`)).toBeDefined();
  expect(screen.getByRole('img', { name: '绑定此大屏的二维码' })).toBeDefined();
  expect(screen.queryByText(STARTED.secret)).toBeNull();
  pair();
  expect(await screen.findByText('numbers')).toBeDefined();
});

test('[TV2] after ten minutes it shows another code', async () => {
  const codes = ['ACDEFG', 'XYXYXY'];
  api.use(http.post('/api/v1/pairings', () => HttpResponse.json({ ...STARTED, code: codes.shift() })));
  claims('gone');
  wall();
  expect(await screen.findByText('XYX YXY')).toBeDefined();
});

test('[TV1] without a database it says so and goes on trying', async () => {
  api.refuse('post', '/api/v1/pairings', 503, 'database.unreachable');
  wall();
  expect(await screen.findByText('数据库暂时无法访问，暂不能绑定；恢复后自动继续')).toBeDefined();
});

test('[TV6] a TV that is nobody any more forgets what it was told', async () => {
  keepWanted({ site: 'main' } as never);
  expect(keptWanted()).toMatchObject({ site: 'main' });
  api.answer('post', '/api/v1/pairings', { ...STARTED, code: 'ACDEFG' });
  claims();
  wall();
  await screen.findByText('ACD EFG');
  expect(keptWanted()).toBeNull();
});
