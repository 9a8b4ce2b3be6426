/** What the fleet page asks of the server. */
import type { z } from 'zod';
import type { BoardSummary } from '../../../shared/api-boards.ts';
import type { changeScreenBody, pairScreenBody, ScreenOrder } from '../../../shared/api-screens.ts';
import { request } from '../api.ts';

export const fetchFleet = (signal?: AbortSignal) => request('GET /api/v1/screens', { signal });
/** Those that a TV can show: what was published, of the boards that the asker may change. */
export const fetchBoards = async (signal?: AbortSignal): Promise<readonly BoardSummary[]> =>
  (await request('GET /api/v1/boards', { signal })).boards.filter(({ published }) => published !== null);
export const fetchPairing = (code: string) => request('GET /api/v1/pairings/{code}', { params: { code } });
export const pairScreen = (body: z.input<typeof pairScreenBody>) => request('POST /api/v1/screens', { body });
export const changeScreen = (screen: string, body: z.input<typeof changeScreenBody>) =>
  request('PUT /api/v1/screens/{screen}', { params: { screen }, body });
export const orderScreen = (screen: string, order: ScreenOrder) =>
  request('POST /api/v1/screens/{screen}/orders', { params: { screen }, body: { order } });
export const revokeScreen = (screen: string) => request('DELETE /api/v1/screens/{screen}', { params: { screen } });
