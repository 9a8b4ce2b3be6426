/** What a TV asks of the server. */
import type { Report } from '../../../shared/api-screens.ts';
import { request } from '../api.ts';
import type { Language } from '../i18n/i18n.ts';

export const startPairing = (
  tv: { readonly width: number; readonly height: number; readonly language: Language },
  signal: AbortSignal,
) => request('POST /api/v1/pairings', { body: tv, signal });

export const claimPairing = (secret: string, waitMs: number, signal: AbortSignal) =>
  request('POST /api/v1/pairings/claim', { body: { secret, waitMs }, signal });

export const sendReport = (body: Report, signal: AbortSignal) =>
  request('POST /api/v1/screen/report', { body, signal });
