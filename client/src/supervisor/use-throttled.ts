import { useEffect, useRef, useState } from 'react';

/** The newest value, but at most one change per `ms`: the first at once, what follows together. */
export function useThrottled<T>(value: T, ms: number): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  const handle = useRef<ReturnType<typeof setTimeout> | null>(null);

  useEffect(() => {
    latest.current = value;
    if (Object.is(value, shown) || handle.current !== null) return;
    const show = (): void => {
      handle.current = null;
      changedAt.current = performance.now();
      setShown(latest.current);
    };
    const wait = changedAt.current + ms - performance.now();
    if (wait <= 0) show();
    else handle.current = setTimeout(show, wait);
  }, [value, shown, ms]);

  useEffect(() => {
    return () => {
      if (handle.current !== null) clearTimeout(handle.current);
      handle.current = null;
    };
  }, []);
  return shown;
}
