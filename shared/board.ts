/** A board as people design it: pages of tiles on a grid. A wall can draw whatever fits this. See docs/spec/boards.md. */
import { z } from 'zod';
import { COLUMNS, fits, overlap, ROWS } from './grid.ts';

export const METRICS = [
  'waiting',
  'longestWait',
  'serviceLevel',
  'answerRate',
  'offered',
  'answered',
  'abandoned',
  'free',
  'onBreak',
  'internalCalls',
] as const;
export type Metric = (typeof METRICS)[number];

/** An agent of two queues counts once in a group, which queues alone do not tell. */
export const NOT_OF_GROUPS: readonly Metric[] = ['free', 'onBreak', 'internalCalls'];

export const QUEUE_COLUMNS = ['waiting', 'longestWait', 'serviceLevel', 'free', 'answered', 'abandoned'] as const;

const name = z.string().min(1).max(256);
const scopeSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('site') }),
  z.strictObject({ of: z.literal('queue'), queue: name }),
  z.strictObject({ of: z.literal('group'), group: name }),
]);

const shownQueues = z.array(name).min(1).max(24).nullable().describe('Null: the busiest of those that can be seen.');
const rows = z.int().min(1).max(12);

const place = {
  id: z.string().regex(/^[\w-]{1,32}$/, 'give up to 32 letters, digits and dashes'),
  x: z
    .int()
    .min(0)
    .max(COLUMNS - 1),
  y: z
    .int()
    .min(0)
    .max(ROWS - 1),
  w: z.int().min(1).max(COLUMNS),
  h: z.int().min(1).max(ROWS),
};
const tile = <K extends string, S extends z.ZodRawShape>(kind: K, settings: S) =>
  z.strictObject({ ...place, kind: z.literal(kind), settings: z.strictObject(settings) });

const tileSchema = z.discriminatedUnion('kind', [
  tile('number', { metric: z.enum(METRICS), scope: scopeSchema, hasTarget: z.boolean() }),
  tile('serviceLevel', { scope: scopeSchema }),
  tile('queues', { queues: shownQueues, columns: z.array(z.enum(QUEUE_COLUMNS)).min(1).max(6), rows }),
  tile('states', {}),
  tile('trend', {}),
  tile('heat', { queues: shownQueues, rows }),
  tile('notice', { zh: z.string().trim().max(200), en: z.string().trim().max(200) }),
  tile('clock', {}),
]);
export type Tile = z.infer<typeof tileSchema>;

const pageSchema = z.strictObject({
  id: place.id,
  name: z.string().trim().min(1).max(64),
  seconds: z.int().min(5).max(600),
  tiles: z
    .array(tileSchema)
    .max(40)
    .superRefine((tiles, context) => {
      // `params` is for those who word it in another language.
      const refuse = (index: number, field: string, message: string, params: Record<string, string>) =>
        context.addIssue({ code: 'custom', path: [index, field], message, params });
      for (const [i, one] of tiles.entries()) {
        if (!fits(one)) refuse(i, 'x', `leaves the grid of ${COLUMNS} by ${ROWS}`, { fault: 'leaves' });
        const other = tiles.slice(0, i).find((before) => overlap(before, one));
        if (other) refuse(i, 'x', `lies on tile ${other.id}`, { fault: 'overlaps', other: other.id });
        if (one.kind !== 'number') continue;
        if (one.settings.scope.of === 'group' && NOT_OF_GROUPS.includes(one.settings.metric))
          refuse(i, 'settings.metric', 'is not known of a group; choose the site or a queue', { fault: 'ofGroup' });
      }
    }),
});
export type Page = z.infer<typeof pageSchema>;

export const profileSchema = z.enum(['supervisors', 'agents']);

export const boardSchema = z
  .strictObject({
    schema: z.literal(1).describe('Of this form; a later one reads it too.'),
    profile: profileSchema.describe('`agents`: no numbers of waiting callers anywhere.'),
    pages: z.array(pageSchema).min(1).max(12),
  })
  .superRefine(({ pages }, context) => {
    const seen = new Set<string>();
    const once = (id: string, path: (string | number)[]) => {
      if (seen.has(id)) {
        const params = { fault: 'twice', id };
        context.addIssue({ code: 'custom', path, message: `the id ${id} is there twice`, params });
      }
      seen.add(id);
    };
    for (const [i, page] of pages.entries()) {
      once(page.id, ['pages', i, 'id']);
      for (const [k, { id }] of page.tiles.entries()) once(id, ['pages', i, 'tiles', k, 'id']);
    }
  });
export type Board = z.infer<typeof boardSchema>;
