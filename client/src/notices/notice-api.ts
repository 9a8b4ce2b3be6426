/** Notices over HTTP. */
import type { CreateNotice, Notice, NoticesAnswer } from '../../../shared/api-notices.ts';
import { request } from '../api.ts';

export const fetchNotices = (site: string): Promise<NoticesAnswer> =>
  request('GET /api/v1/sites/{site}/notices', { params: { site } });
export const createNotice = (site: string, body: CreateNotice): Promise<Notice> =>
  request('POST /api/v1/sites/{site}/notices', { params: { site }, body });
export const takeBackNotice = (site: string, notice: string) =>
  request('DELETE /api/v1/sites/{site}/notices/{notice}', { params: { site, notice } });
