import { expect, test, vi } from 'vitest';
import type { StoredBoard } from '../../../shared/api-boards.ts';
import { RequestFailed } from '../api.ts';
import { DraftSaver, type DraftServer, sheetOf } from './draft-saver.ts';
import type { Sheet } from './editor-state.ts';
import { A_STORED } from './testing-board.ts';

const named = (name: string): Sheet => ({ ...sheetOf(A_STORED), name });

/** A server that keeps versions as the real one does; timers run when the test says so. */
class FakeServer implements DraftServer {
  stored: StoredBoard = A_STORED;
  planned: { readonly run: () => void; readonly ms: number } | null = null;
  answers: (() => void)[] = [];
  isHeld = false;
  failure: RequestFailed | null = null;
  /** It saves, but nobody hears of it. */
  losesAnswer = false;

  async save(version: number, { name, board }: Sheet): Promise<StoredBoard> {
    if (this.isHeld) await new Promise<void>((resolve) => this.answers.push(resolve));
    if (this.failure) throw this.failure;
    if (version !== this.stored.version) throw new RequestFailed('board.conflict', 409, 'conflict');
    this.stored = { ...this.stored, name, draft: board, version: version + 1 };
    if (this.losesAnswer) throw new RequestFailed('request.unanswered', 0, 'lost');
    return this.stored;
  }
  async read(): Promise<StoredBoard> {
    return this.stored;
  }
  later(run: () => void, ms: number): () => void {
    const planned = { run, ms };
    this.planned = planned;
    return () => {
      if (this.planned === planned) this.planned = null;
    };
  }
  async pass(): Promise<void> {
    this.planned?.run();
    this.planned = null;
    await vi.waitFor(() => expect(this.answers).toHaveLength(0));
  }
}

const made = (): { server: FakeServer; saver: DraftSaver } => {
  const server = new FakeServer();
  return { server, saver: new DraftSaver(A_STORED, server) };
};
const settled = (saver: DraftSaver, is: string) => vi.waitFor(() => expect(saver.state().is).toBe(is));

test('[BRD22] a change is saved after a moment, and nothing is sent where nothing changed', async () => {
  const { server, saver } = made();
  saver.edit(named('一'));
  expect(saver.state().is).toBe('waiting');
  saver.edit(sheetOf(A_STORED));
  expect([saver.state().is, server.planned]).toEqual(['saved', null]);
  saver.edit(named('二'));
  server.planned?.run();
  expect(saver.state().is).toBe('saving');
  await settled(saver, 'saved');
  expect(server.stored).toMatchObject({ name: '二', version: 4 });
});

test('[BRD22] what is designed while it saves is saved next, on the new version', async () => {
  const { server, saver } = made();
  server.isHeld = true;
  saver.edit(named('一'));
  server.planned?.run();
  saver.edit(named('二'));
  expect(saver.state().is).toBe('saving');
  server.isHeld = false;
  server.answers.splice(0).forEach((answer) => void answer());
  await settled(saver, 'waiting');
  await saver.flush();
  expect(saver.state().is).toBe('saved');
  expect(server.stored).toMatchObject({ name: '二', version: 5 });
});

test('[BRD22] what could not be saved says so, is kept, and is tried again', async () => {
  const { server, saver } = made();
  server.failure = new RequestFailed('request.unanswered', 0, 'gone');
  saver.edit(named('一'));
  expect(await saver.flush()).toMatchObject({ is: 'failed', error: server.failure });
  expect(server.planned?.ms).toBe(5_000);
  server.failure = null;
  server.planned?.run();
  await settled(saver, 'saved');
  expect(server.stored.name).toBe('一');
});

test('[BRD22] an answer that was lost on its way is no conflict', async () => {
  const { server, saver } = made();
  server.losesAnswer = true;
  saver.edit(named('一'));
  expect((await saver.flush()).is).toBe('failed');
  server.losesAnswer = false;
  expect((await saver.flush()).is).toBe('saved');
  expect(saver.stored().version).toBe(4);
});

test('[BRD23] somebody else was faster: nothing is sent until somebody decides', async () => {
  const { server, saver } = made();
  server.stored = { ...A_STORED, name: '别人的', version: 4, updatedBy: '李强' };
  saver.edit(named('我的'));
  expect(await saver.flush()).toMatchObject({ is: 'conflict', theirs: { name: '别人的', updatedBy: '李强' } });
  saver.edit(named('我的更多'));
  expect([saver.state().is, server.planned]).toEqual(['conflict', null]);
  expect(server.stored.name).toBe('别人的');
  await saver.keepMine();
  expect(saver.state().is).toBe('saved');
  expect(server.stored).toMatchObject({ name: '我的更多', version: 5 });
});

test('[BRD23] taking theirs goes on from their version', async () => {
  const { server, saver } = made();
  server.stored = { ...A_STORED, name: '别人的', version: 7 };
  saver.edit(named('我的'));
  await saver.flush();
  expect(saver.takeTheirs().name).toBe('别人的');
  expect(saver.state().is).toBe('saved');
  saver.edit(named('再改'));
  await saver.flush();
  expect(server.stored).toMatchObject({ name: '再改', version: 8 });
});

test('[BRD23] whoever comes back to the page is told of what was saved meanwhile', async () => {
  const { server, saver } = made();
  await saver.look();
  expect(saver.state().is).toBe('saved');
  server.stored = { ...A_STORED, name: '别人的', version: 4 };
  await saver.look();
  expect(saver.state().is).toBe('conflict');
});
