import { useEffect, useState } from 'react';

/** Whole seconds until `at`, on this machine's clock; 0 once it is over, or without one. */
export function useCountdown(at: number | null): number {
  const [, tick] = useState(0);
  const left = at === null ? 0 : Math.max(0, Math.ceil((at - Date.now()) / 1_000));
  const isRunning = left > 0;
  useEffect(() => {
    if (!isRunning) return;
    const handle = setInterval(() => tick((ticks) => ticks + 1), 250);
    return () => clearInterval(handle);
  }, [isRunning]);
  return left;
}
