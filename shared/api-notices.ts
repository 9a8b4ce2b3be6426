/** HTTP contracts of notices: short words of a supervisor for walls and floors. Wired into API by name. */
import { z } from 'zod';
import { siteParams } from './api-settings.ts';

export const NOTICE_LEVELS = ['info', 'important'] as const;
export type NoticeLevel = (typeof NOTICE_LEVELS)[number];
export const NOTICE_MAX_CHARS = 200;
/** More would be read by nobody. */
export const NOTICES_AT_ONCE = 12;
const NOTICE_MAX_MINUTES = 24 * 60;

/** One line or two. Nothing that turns the writing direction of what stands beside it, and no half of a character. */
const LINES =
  /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+(?:\n[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+)?$/u;
const names = z.array(z.string().min(1).max(256)).min(1).max(1_000).nullable();

export const noticeParams = siteParams.extend({ notice: z.uuid() });

export const createNoticeBody = z.strictObject({
  id: z.uuid().describe('Of your making; the same one again is the same notice.'),
  text: z.string().trim().min(1).max(NOTICE_MAX_CHARS).regex(LINES, 'give one line or two, without control characters'),
  level: z.enum(NOTICE_LEVELS),
  queues: names.describe('Shown to those who see one of them; null: whatever queues they see.'),
  teams: names.describe('Shown to those who see one of them; null: whatever teams they see.'),
  minutes: z.int().min(1).max(NOTICE_MAX_MINUTES).describe('How long it stands.'),
});
export type CreateNotice = z.infer<typeof createNoticeBody>;

export const noticeSchema = z.object({
  id: z.uuid(),
  text: z.string(),
  level: z.enum(NOTICE_LEVELS),
  queues: z.array(z.string()).nullable().describe('Those of them that the asker sees.'),
  teams: z.array(z.string()).nullable().describe('Those of them that the asker sees.'),
  by: z.string().nullable().describe('Who wrote it; null for who may not see agents, such as a TV.'),
  at: z.int(),
  endsAt: z.int().describe('Server clock.'),
  canTakeBack: z.boolean().describe('By the asker.'),
});
export type Notice = z.infer<typeof noticeSchema>;

export const noticesSchema = z.object({
  isKnown: z.boolean().describe('False while nobody can say, because PostgreSQL is away.'),
  notices: z.array(noticeSchema).describe('Those that hold now, important ones first, then the newest.'),
});
export type NoticesAnswer = z.infer<typeof noticesSchema>;
