/**
 * Boards that people design: a draft that is changed by version, and what was published of it, which never changes. A board
 * that names a queue which somebody may not see does not exist for them. See docs/spec/boards.md.
 */
import { randomBytes } from 'node:crypto';
import type { BoardFile, BoardSummary, BoardVersion, PublishedBoard, StoredBoard } from '../../shared/api-boards.ts';
import type { Board } from '../../shared/board.ts';
import { queuesNamed } from '../../shared/board-grid.ts';
import { may, type Right, type Subject } from '../../shared/policy.ts';
import type { Database } from '../db/database.ts';
import { isAway } from '../db/failure.ts';
import type { Sql } from '../db/sql.ts';
import { AppError } from '../errors.ts';
import {
  findBoard,
  findVersion,
  insertBoard,
  insertVersion,
  type KnownBoard,
  listBoards,
  listVersions,
  lockBoard,
  markDeleted,
  publishedNumber,
  storedOf,
  summaryOf,
  updateDraft,
} from './store.ts';

interface Asker {
  readonly subject: Subject;
  readonly from: string;
}

interface BoardAct {
  readonly asker: Asker;
  readonly act: 'board.created' | 'board.changed' | 'board.published' | 'board.rolledBack' | 'board.deleted';
  readonly board: { readonly site: string; readonly name: string };
  readonly before: unknown;
  readonly after: unknown;
}

export interface BoardsOptions {
  readonly database: Database;
  readonly now: () => number;
  /** In the transaction of the act. */
  readonly record: (act: BoardAct, sql: Sql) => Promise<void>;
  /** TVs that show it are to ask for it. */
  readonly onPublished: (board: string) => Promise<void>;
  /** Which board a TV is to show; null: there is no such TV. */
  readonly boardOfScreen: (screen: string) => Promise<string | null>;
}

export class Boards {
  readonly #options: BoardsOptions;

  constructor(options: BoardsOptions) {
    this.#options = options;
  }

  async list({ subject }: Asker): Promise<BoardSummary[]> {
    const all = await listBoards(this.#options.database);
    return all.filter((board) => reaches(subject, 'board.edit', board)).map(summaryOf);
  }

  async create(asker: Asker, { site, name, board: draft }: BoardFile): Promise<StoredBoard> {
    const id = randomBytes(9).toString('base64url');
    requireReach(asker.subject, 'board.edit', site, draft);
    return this.#options.database.transaction(async (sql) => {
      await insertBoard(sql, { id, site, name, draft, by: asker.subject.name });
      await this.#options.record(
        { asker, act: 'board.created', board: { site, name }, before: null, after: { id } },
        sql,
      );
      return storedOf(await reachable(sql, asker, 'board.edit', id));
    });
  }

  async read(asker: Asker, id: string): Promise<StoredBoard> {
    return storedOf(await reachable(this.#options.database, asker, 'board.edit', id));
  }

  async change(
    asker: Asker,
    id: string,
    change: { version: number; name: string; board: Board },
  ): Promise<StoredBoard> {
    const { version, name, board: draft } = change;
    return this.#options.database.transaction(async (sql) => {
      const before = await locked(sql, asker, 'board.edit', id, version);
      requireReach(asker.subject, 'board.edit', before.site, draft);
      await updateDraft(sql, { id, name, draft, by: asker.subject.name });
      const after = await reachable(sql, asker, 'board.edit', id);
      const told = { before: toldOf(before), after: toldOf(after) };
      await this.#options.record({ asker, act: 'board.changed', board: after, ...told }, sql);
      return storedOf(after);
    });
  }

  async publish(asker: Asker, id: string, { version }: { version: number }): Promise<StoredBoard> {
    const stored = await this.#options.database.transaction(async (sql) => {
      const { site, name, draft, published } = await locked(sql, asker, 'board.publish', id, version);
      const number = await insertVersion(sql, { id, name, content: draft, by: asker.subject.name, restores: null });
      const told = { before: published && { number: published.number }, after: { number } };
      await this.#options.record({ asker, act: 'board.published', board: { site, name }, ...told }, sql);
      return storedOf(await reachable(sql, asker, 'board.publish', id));
    });
    await this.#tell(id);
    return stored;
  }

  /** What was public once is published again, as a version of its own; the draft stays as it is. */
  async rollBack(asker: Asker, id: string, { number: restores }: { number: number }): Promise<StoredBoard> {
    const stored = await this.#options.database.transaction(async (sql) => {
      const { site, published } = await locked(sql, asker, 'board.publish', id, null);
      const old = await findVersion(sql, id, restores);
      if (!old) throw new AppError('board.unknown');
      requireReach(asker.subject, 'board.publish', site, old.content);
      const number = await insertVersion(sql, { id, ...old, by: asker.subject.name, restores });
      const told = { before: published && { number: published.number }, after: { number, restores } };
      await this.#options.record({ asker, act: 'board.rolledBack', board: { site, name: old.name }, ...told }, sql);
      return storedOf(await reachable(sql, asker, 'board.publish', id));
    });
    await this.#tell(id);
    return stored;
  }

  async versions(asker: Asker, id: string): Promise<BoardVersion[]> {
    await reachable(this.#options.database, asker, 'board.edit', id);
    return listVersions(this.#options.database, id);
  }

  async remove(asker: Asker, id: string): Promise<void> {
    await this.#options.database.transaction(async (sql) => {
      const before = await locked(sql, asker, 'board.publish', id, null);
      await markDeleted(sql, id, this.#options.now());
      await this.#options.record(
        { asker, act: 'board.deleted', board: before, before: toldOf(before), after: null },
        sql,
      );
    });
    await this.#tell(id);
  }

  /** A TV reads the board that it is to show and no other; a person one that shows no more than they may see. */
  async published({ subject }: Asker, id: string): Promise<PublishedBoard> {
    if (subject.kind === 'screen' && (await this.#options.boardOfScreen(subject.id)) !== id)
      throw new AppError('board.unknown');
    const found = await findBoard(this.#options.database, id);
    const shown = found?.shown;
    if (!shown || !may(subject, 'numbers.view', { site: shown.site })) throw new AppError('board.unknown');
    if (subject.kind !== 'screen' && !sees(subject, 'numbers.view', shown.site, shown.board))
      throw new AppError('board.unknown');
    return shown;
  }

  /** Null: nothing of it is public, or nobody can say now. */
  async numberOf(id: string): Promise<number | null> {
    try {
      return await publishedNumber(this.#options.database, id);
    } catch (error) {
      if (isAway(error)) return null;
      throw error;
    }
  }

  /** Whether somebody may put it on a TV of the site. */
  async isFor({ subject }: Asker, site: string, id: string): Promise<boolean> {
    const found = await findBoard(this.#options.database, id);
    return found !== null && found.site === site && reaches(subject, 'screen.manage', found);
  }

  /** It is done already, and TVs ask by themselves within a quarter minute. */
  async #tell(id: string): Promise<void> {
    try {
      await this.#options.onPublished(id);
    } catch (error) {
      if (!isAway(error)) throw error;
    }
  }
}

const sees = (subject: Subject, right: Right, site: string, { pages }: Board): boolean =>
  may(subject, right, { site }) && queuesNamed(pages).every((queue) => may(subject, right, { site, queue }));

/** Of the draft and of what is public: whoever changes the one decides about the other. */
const reaches = (subject: Subject, right: Right, { site, draft, shown }: KnownBoard): boolean =>
  sees(subject, right, site, draft) && (shown === null || sees(subject, right, site, shown.board));

function requireReach(subject: Subject, right: Right, site: string, board: Board): void {
  if (!sees(subject, right, site, board)) throw new AppError('access.tooMuch');
}

async function reachable(sql: Sql, { subject }: Asker, right: Right, id: string): Promise<KnownBoard> {
  const board = await findBoard(sql, id);
  if (!board || !reaches(subject, right, board)) throw new AppError('board.unknown');
  return board;
}

async function locked(
  sql: Sql,
  { subject }: Asker,
  right: Right,
  id: string,
  version: number | null,
): Promise<KnownBoard> {
  const board = await lockBoard(sql, id);
  if (!board || !reaches(subject, right, board)) throw new AppError('board.unknown');
  if (version !== null && board.version !== version) throw new AppError('board.conflict');
  return board;
}

const toldOf = ({ name, version, draft: { profile, pages } }: KnownBoard) => ({
  ...{ name, version, profile, pages: pages.map((page) => page.name) },
});
