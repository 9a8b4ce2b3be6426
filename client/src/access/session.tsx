/** Who looks at this page, and what they may: asked when it opens, when somebody comes back to it, and when refused. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { SessionAnswer } from '../../../shared/api-access.ts';
import { may, type Right, type Subject, type Where } from '../../../shared/policy.ts';
import { AUTH_NEEDED } from '../api.ts';
import { fetchSession } from './access-api.ts';

const RETRY_MS = 5_000;

export interface Session {
  /** Null before the first answer. */
  readonly answer: SessionAnswer | null;
  /** The newest question was not answered; `answer` is what was known before. */
  readonly hasFailed: boolean;
  readonly ask: () => Promise<void>;
}

/** Provided by `SessionProvider`, and by tests. */
export const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }): ReactNode {
  const [answer, setAnswer] = useState<SessionAnswer | null>(null);
  const [hasFailed, setHasFailed] = useState(false);
  const asking = useRef<AbortController | null>(null);

  const ask = useCallback(async (): Promise<void> => {
    asking.current?.abort();
    const abort = new AbortController();
    asking.current = abort;
    try {
      const next = await fetchSession(abort.signal);
      if (abort.signal.aborted) return;
      // The same answer is the same object: coming back to a page must not repaint it.
      setAnswer((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
      setHasFailed(false);
    } catch {
      // Why does not matter here: the page keeps what it knows and asks again.
      if (!abort.signal.aborted) setHasFailed(true);
    }
  }, []);

  useEffect(() => {
    const askWhenSeen = (): void => {
      if (document.visibilityState === 'visible') void ask();
    };
    const askAgain = (): void => void ask();
    void ask();
    window.addEventListener(AUTH_NEEDED, askAgain);
    window.addEventListener('focus', askAgain);
    document.addEventListener('visibilitychange', askWhenSeen);
    return () => {
      asking.current?.abort();
      window.removeEventListener(AUTH_NEEDED, askAgain);
      window.removeEventListener('focus', askAgain);
      document.removeEventListener('visibilitychange', askWhenSeen);
    };
  }, [ask]);

  useEffect(() => {
    if (!hasFailed) return;
    const handle = setInterval(() => void ask(), RETRY_MS);
    return () => clearInterval(handle);
  }, [hasFailed, ask]);

  const session = useMemo(() => ({ answer, hasFailed, ask }), [answer, hasFailed, ask]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('SessionProvider is missing');
  return session;
}

/** Null while it is not known, and while somebody has to sign in. */
export const useWho = (): Subject | null => useSession().answer?.who ?? null;

/** Whether to offer something. Only the server decides; what it would refuse is not shown. */
export function useMay(): (right: Right, where?: Where) => boolean {
  const who = useWho();
  return useCallback((right, where) => who !== null && may(who, right, where), [who]);
}
