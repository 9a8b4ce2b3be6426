import { useCallback, useEffect, useRef, useState } from 'react';

export interface Loaded<T> {
  /** Null before the first answer; the last one stays while another is asked for, and when that fails. */
  readonly data: T | null;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => Promise<T | null>;
}

/** Asks now, and anew when `load` is another function. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ data: T | null; error: unknown; isLoading: boolean }>({
    data: null,
    error: null,
    isLoading: true,
  });
  const running = useRef<AbortController | null>(null);
  const reload = useCallback(async (): Promise<T | null> => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    setState((before) => ({ ...before, isLoading: true }));
    try {
      const data = await load(abort.signal);
      if (abort.signal.aborted) return null;
      setState({ data, error: null, isLoading: false });
      return data;
    } catch (error) {
      if (!abort.signal.aborted) setState((before) => ({ ...before, error, isLoading: false }));
      return null;
    }
  }, [load]);
  useEffect(() => {
    void reload();
    return () => running.current?.abort();
  }, [reload]);
  return { ...state, reload };
}
