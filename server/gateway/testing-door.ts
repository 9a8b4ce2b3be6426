/** A door whose keepers know a few bearer tokens by heart; whoever comes without one is let in as `without`. */
import { EVERYWHERE, RIGHTS, type Subject } from '../../shared/policy.ts';
import { createDoor, type Door } from './door.ts';

export const EVERYTHING: Subject = { kind: 'token', id: 'all', name: 'all', rights: RIGHTS, scope: EVERYWHERE };

export const testDoor = (byToken: Readonly<Record<string, Subject>> = {}, without: Subject | null = EVERYTHING): Door =>
  createDoor({
    identity: {
      async identify({ headers }) {
        const token = headers.authorization?.replace(/^Bearer /, '');
        const subject = token === undefined ? without : byToken[token];
        return subject ? { subject, credential: token ?? '' } : null;
      },
      onEnded: () => () => {},
    },
    isProxy: () => false,
    now: () => 0,
  });
