/** Boards over HTTP. What it needs of the feature `boards` is `BoardsPort`. */
import type { z } from 'zod';
import { API } from '../../../shared/api.ts';
import type {
  BoardFile,
  BoardSummary,
  BoardVersion,
  changeBoardBody,
  PublishedBoard,
  publishBoardBody,
  rollBackBoardBody,
  StoredBoard,
} from '../../../shared/api-boards.ts';
import { seesSite } from '../../../shared/policy.ts';
import { AppError } from '../../errors.ts';
import type { Entered } from '../door.ts';
import { type Asked, type Route, type RouteOptions, route } from '../route.ts';

export interface BoardsPort {
  list(asker: Entered): Promise<BoardSummary[]>;
  create(asker: Entered, file: BoardFile): Promise<StoredBoard>;
  read(asker: Entered, board: string): Promise<StoredBoard>;
  change(asker: Entered, board: string, body: z.output<typeof changeBoardBody>): Promise<StoredBoard>;
  remove(asker: Entered, board: string): Promise<void>;
  versions(asker: Entered, board: string): Promise<BoardVersion[]>;
  publish(asker: Entered, board: string, body: z.output<typeof publishBoardBody>): Promise<StoredBoard>;
  rollBack(asker: Entered, board: string, body: z.output<typeof rollBackBoardBody>): Promise<StoredBoard>;
  published(asker: Entered, board: string): Promise<PublishedBoard>;
  /** Whether the asker may put it on a TV of the site. */
  isFor(asker: Entered, site: string, board: string): Promise<boolean>;
}

interface BoardRouteOptions extends RouteOptions {
  hasSite(site: string): boolean;
}

const askerOf = ({ subject, from }: Asked<unknown, unknown>): Entered => ({ subject, from });

export function boardRoutes(boards: BoardsPort, options: BoardRouteOptions): Route[] {
  return [
    route(API.boards, options, async (_, asked) => ({ boards: await boards.list(askerOf(asked)) })),
    route(API.createBoard, options, (_, asked) => {
      const { site } = asked.body;
      if (!options.hasSite(site) || !seesSite(asked.subject, site)) throw new AppError('site.unknown');
      return boards.create(askerOf(asked), asked.body);
    }),
    route(API.board, options, ({ board }, asked) => boards.read(askerOf(asked), board)),
    route(API.changeBoard, options, ({ board }, asked) => boards.change(askerOf(asked), board, asked.body)),
    route(API.deleteBoard, options, async ({ board }, asked) => {
      await boards.remove(askerOf(asked), board);
      return {};
    }),
    route(API.boardFile, options, async ({ board }, asked) => {
      const { site, name, draft } = await boards.read(askerOf(asked), board);
      return { site, name, board: draft };
    }),
    route(API.boardVersions, options, async ({ board }, asked) => ({
      versions: await boards.versions(askerOf(asked), board),
    })),
    route(API.publishBoard, options, ({ board }, asked) => boards.publish(askerOf(asked), board, asked.body)),
    route(API.rollBackBoard, options, ({ board }, asked) => boards.rollBack(askerOf(asked), board, asked.body)),
    route(API.publishedBoard, options, ({ board }, asked) => boards.published(askerOf(asked), board)),
  ];
}
