/** What a TV asks of the server. */
import type { z } from 'zod';
import type { claimedPairingSchema, Report, StartedPairing, Wanted } from '../../../shared/api-screens.ts';
import { send } from '../access/access-api.ts';
import type { Language } from '../i18n/i18n.ts';

export const startPairing = (
  tv: { readonly width: number; readonly height: number; readonly language: Language },
  signal: AbortSignal,
) => send<StartedPairing>('POST', '/api/v1/pairings', { body: tv, signal });

export const claimPairing = (secret: string, waitMs: number, signal: AbortSignal) =>
  send<z.infer<typeof claimedPairingSchema>>('POST', '/api/v1/pairings/claim', { body: { secret, waitMs }, signal });

export const sendReport = (body: Report, signal: AbortSignal) =>
  send<Wanted>('POST', '/api/v1/screen/report', { body, signal });
