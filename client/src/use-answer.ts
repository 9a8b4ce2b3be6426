import { useCallback, useEffect, useRef, useState } from 'react';
import { RequestFailed } from './api.ts';

export interface Asked<T> {
  /** The newest answer to this question; null before the first. It stays while it is asked again. */
  readonly answer: T | null;
  readonly failure: RequestFailed | null;
  readonly isAsking: boolean;
  readonly askAgain: () => void;
}

/**
 * Asks when `key` changes, and when it is told to. A key of null asks nothing. Of two answers under way only that to the
 * newer question counts.
 */
export function useAnswer<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<{ key: string | null; answer: T | null; failure: RequestFailed | null }>({
    key: null,
    answer: null,
    failure: null,
  });
  const [settled, setSettled] = useState('');
  const latest = useRef(ask);
  latest.current = ask;
  const question = `${round} ${key}`;
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    latest.current(abort.signal).then(
      (answer) => {
        if (abort.signal.aborted) return;
        setKnown({ key, answer, failure: null });
        setSettled(question);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const failure =
          error instanceof RequestFailed ? error : new RequestFailed('request.unanswered', 0, String(error));
        setKnown((before) => ({ key, answer: before.key === key ? before.answer : null, failure }));
        setSettled(question);
      },
    );
    return () => abort.abort();
  }, [key, question]);
  const askAgain = useCallback(() => setRound((before) => before + 1), []);
  const isCurrent = known.key === key && key !== null;
  return {
    answer: isCurrent ? known.answer : null,
    failure: isCurrent ? known.failure : null,
    isAsking: key !== null && settled !== question,
    askAgain,
  };
}
