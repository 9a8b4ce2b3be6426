/** What the break desk asks of the server. */
import type { BreakStep } from '../../../shared/api-breaks.ts';
import type { BreakSettings } from '../../../shared/break-setting.ts';
import { request } from '../api.ts';

export const fetchDesk = (site: string, signal?: AbortSignal) =>
  request('GET /api/v1/sites/{site}/breaks', { params: { site }, signal });
export const askForBreak = (
  site: string,
  body: { readonly id: string; readonly agent: string; readonly reason: string; readonly isGranted: boolean },
) => request('POST /api/v1/sites/{site}/breaks', { params: { site }, body });
export const stepBreak = (site: string, id: string, step: BreakStep) =>
  request('POST /api/v1/sites/{site}/breaks/{request}', { params: { site, request: id }, body: { step } });
export const fetchRules = (site: string, signal?: AbortSignal) =>
  request('GET /api/v1/sites/{site}/break-settings', { params: { site }, signal });
export const saveRules = (site: string, version: number, settings: BreakSettings) =>
  request('PUT /api/v1/sites/{site}/break-settings', { params: { site }, body: { version, settings } });
