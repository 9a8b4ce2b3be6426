/** What the fleet page asks of the server. */
import type { z } from 'zod';
import type {
  changeScreenBody,
  Fleet,
  FleetScreen,
  Pairing,
  pairScreenBody,
  ScreenOrder,
} from '../../../shared/api-screens.ts';
import { send } from '../access/access-api.ts';

const at = (id: string): string => encodeURIComponent(id);

export const fetchFleet = (signal?: AbortSignal) => send<Fleet>('GET', '/api/v1/screens', { signal });
export const fetchPairing = (code: string) => send<Pairing>('GET', `/api/v1/pairings/${at(code)}`);
export const pairScreen = (body: z.input<typeof pairScreenBody>) =>
  send<FleetScreen>('POST', '/api/v1/screens', { body });
export const changeScreen = (id: string, body: z.input<typeof changeScreenBody>) =>
  send<FleetScreen>('PUT', `/api/v1/screens/${at(id)}`, { body });
export const orderScreen = (id: string, order: ScreenOrder) =>
  send<FleetScreen>('POST', `/api/v1/screens/${at(id)}/orders`, { body: { order } });
export const revokeScreen = (id: string) => send<unknown>('DELETE', `/api/v1/screens/${at(id)}`);
