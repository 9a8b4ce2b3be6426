/** A session that the test holds, instead of one that the server tells of. */
import { type ReactNode, useMemo } from 'react';
import type { SessionAnswer } from '../../../shared/api-access.ts';
import { EVERYWHERE, RIGHTS_OF, type Role, type Scope } from '../../../shared/policy.ts';
import { SessionContext } from '../access/session.tsx';

/** Of a person of this role, signed in. */
export const sessionOf = (role: Role, scope: Scope = EVERYWHERE, over: Partial<SessionAnswer> = {}): SessionAnswer => ({
  ...{ isSetUp: true, canSetUp: false, needsSetUpCode: false, hasSingleSignOn: false },
  who: { kind: 'person', id: 'p1', name: '王芳', rights: [...RIGHTS_OF[role]], scope },
  person: { login: 'wangfang', role, isLocal: true, hasTotp: false, mustChangePassword: false },
  ...over,
});

export const SIGNED_OUT = sessionOf('viewer', EVERYWHERE, { who: null, person: null });

export function GivenSession({ answer, children }: { answer: SessionAnswer; children: ReactNode }): ReactNode {
  const session = useMemo(() => ({ answer, hasFailed: false, ask: async () => {} }), [answer]);
  return <SessionContext value={session}>{children}</SessionContext>;
}
