// expect: useExhaustiveDependencies
import { useEffect, useState } from 'react';

export function Clock({ tickMs }: { tickMs: number }) {
  const [now, setNow] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNow((value) => value + tickMs), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <output>{now}</output>;
}
