/**
 * Who comes in: every request of the API passes here before anything of it is looked at. A right that a contract names is
 * checked for the site and the queue in its path, so that a handler only narrows further.
 */
import type { IncomingMessage } from 'node:http';
import type { Endpoint } from '../../shared/api.ts';
import { EVERYWHERE, may, type Subject } from '../../shared/policy.ts';
import { AppError } from '../errors.ts';
import { addressOf, isSameOrigin } from '../request.ts';
import type { Identity, IdentityPort } from './identity.ts';

export interface Entered {
  readonly subject: Subject;
  /** Address of the asker. */
  readonly from: string;
}

export interface Door {
  /** Rejects with what the asker is told. An endpoint for anybody is told nothing of who asks. */
  enter(request: IncomingMessage, contract: Wanted, params: unknown): Promise<Entered>;
}

type Wanted = Pick<Endpoint, 'method' | 'right'>;

export interface DoorOptions {
  readonly identity: IdentityPort;
  readonly isProxy: (address: string) => boolean;
  readonly now: () => number;
}

/** A whole shift may sign in through one address. */
const CHANGES_PER_WINDOW = { known: 600, unknown: 120 };
const WINDOW_MS = 60_000;

const UNKNOWN: Subject = Object.freeze({ kind: 'anybody', id: '', name: '', rights: [], scope: EVERYWHERE });

export function createDoor({ identity, isProxy, now }: DoorOptions): Door {
  const isWithinRate = rateLimit(now);
  return {
    async enter(request, { method, right }, params) {
      const from = addressOf(request, isProxy);
      if (method !== 'get') requireOurPage(request);
      if (right === 'anybody') {
        if (method !== 'get' && !isWithinRate(from, CHANGES_PER_WINDOW.unknown)) throw new AppError('request.tooMany');
        return { subject: UNKNOWN, from };
      }
      const known = await identity.identify(request);
      const subject = admitted(known, right, request);
      if (method !== 'get' && !isWithinRate(known?.credential ?? from, CHANGES_PER_WINDOW.known))
        throw new AppError('request.tooMany');
      const { site, queue } = params as { readonly site?: string; readonly queue?: string };
      if (right === 'person' || right === 'screen' || site === undefined) return { subject, from };
      // As if it did not exist: who may not see a site is not told that there is one.
      if (!may(subject, right, { site })) throw new AppError('site.unknown');
      if (queue !== undefined && !may(subject, right, { site, queue })) throw new AppError('auth.forbidden');
      return { subject, from };
    },
  };
}

function admitted(
  known: Identity | null,
  right: Exclude<Wanted['right'], 'anybody'>,
  request: IncomingMessage,
): Subject {
  if (known === null) throw new AppError(hasBearer(request) ? 'auth.tokenWrong' : 'auth.needed');
  const { subject } = known;
  const isAdmitted = right === 'person' || right === 'screen' ? subject.kind === right : may(subject, right);
  if (isAdmitted) return subject;
  throw new AppError(subject.kind === 'anybody' ? 'auth.needed' : 'auth.forbidden');
}

export const hasBearer = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  /^Bearer +./i.test(headers.authorization ?? '');

/** A cookie comes along by itself, so whoever made the browser send it must be one of our pages. */
function requireOurPage(request: IncomingMessage): void {
  const isOurs = isSameOrigin(request);
  const isSentByBrowser = request.headers.cookie !== undefined && !hasBearer(request);
  if (isOurs === false || (isSentByBrowser && isOurs === null)) throw new AppError('auth.crossSite');
}

function rateLimit(now: () => number): (who: string, limit: number) => boolean {
  const counts = new Map<string, number>();
  let endsAt = 0;
  return (who, limit) => {
    if (now() >= endsAt) {
      counts.clear();
      endsAt = now() + WINDOW_MS;
    }
    const count = (counts.get(who) ?? 0) + 1;
    counts.set(who, count);
    return count <= limit;
  };
}
