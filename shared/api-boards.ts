/** HTTP contracts of boards: drafts changed whole and by version, published versions that never change. Wired into API by name. */
import { z } from 'zod';
import { boardSchema, profileSchema } from './board.ts';

const id = z.string().min(1).max(64);
const instant = z.int();
const name = z.string().trim().min(1).max(64);
const version = z.int().positive();

export const boardParams = z.object({ board: id });

const summary = {
  id,
  site: z.string(),
  name: z.string(),
  version: version.describe('Of the draft; rises with every change.'),
  updatedAt: instant,
  updatedBy: z.string(),
  published: z
    .object({ number: version, at: instant, by: z.string(), isDraft: z.boolean().describe('The draft says the same.') })
    .nullable()
    .describe('What TVs show; null before it was published.'),
};
export const boardSummarySchema = z.object({ ...summary, profile: profileSchema.describe('Of the draft.') });
export type BoardSummary = z.infer<typeof boardSummarySchema>;
export const boardsSchema = z.object({ boards: z.array(boardSummarySchema) });
export const storedBoardSchema = z.object({ ...summary, draft: boardSchema });
export type StoredBoard = z.infer<typeof storedBoardSchema>;

/** Also a board as a file. */
export const boardFileSchema = z.strictObject({ site: id, name, board: boardSchema });
export type BoardFile = z.infer<typeof boardFileSchema>;
export const changeBoardBody = z.strictObject({
  version: version.describe('The version that this changes.'),
  name,
  board: boardSchema,
});
export const publishBoardBody = z.strictObject({ version: version.describe('Of the draft that becomes public.') });
export const rollBackBoardBody = z.strictObject({ number: version.describe('Published once, and now again.') });

export const boardVersionsSchema = z.object({
  versions: z.array(
    z.object({ number: version, at: instant, by: z.string(), restores: version.nullable(), pages: z.int() }),
  ),
});
export type BoardVersion = z.infer<typeof boardVersionsSchema>['versions'][number];

export const publishedBoardSchema = z.object({
  id,
  site: z.string(),
  name: z.string(),
  number: version,
  board: boardSchema,
});
export type PublishedBoard = z.infer<typeof publishedBoardSchema>;
