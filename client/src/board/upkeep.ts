/** What an unattended TV needs: a fresh page once a business day, and pixels that do not stay in one place for months. */
import { useContext, useEffect, useRef } from 'react';
import { WallWatchContext } from './wall-watch.ts';

const SPREAD_MS = 10 * 60_000;
const SHIFT_EVERY_MS = 4 * 60_000;
/** A small closed walk; two pixels are not seen from the floor but spare the panel. */
const SHIFTS = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
  [-2, 2],
  [-2, 0],
  [-2, -2],
  [0, -2],
  [2, -2],
] as const;

export function useUpkeep(businessDate: string | null, isFresh: boolean): void {
  const first = useRef<string | null>(null);
  if (businessDate !== null && isFresh) first.current ??= businessDate;
  const spread = useContext(WallWatchContext)?.spread;
  const isNextDay = first.current !== null && businessDate !== null && isFresh && businessDate !== first.current;

  useEffect(() => {
    if (!isNextDay) return;
    // Not all TVs of a house at the same second.
    const handle = setTimeout(() => location.reload(), 60_000 + (spread ?? Math.random()) * SPREAD_MS);
    return () => clearTimeout(handle);
  }, [isNextDay, spread]);

  usePixelShift();
}

export function usePixelShift(): void {
  useEffect(() => {
    let step = 0;
    const handle = setInterval(() => {
      step = (step + 1) % SHIFTS.length;
      const [x, y] = SHIFTS[step] ?? [0, 0];
      document.documentElement.style.setProperty('--shift-x', `${x}px`);
      document.documentElement.style.setProperty('--shift-y', `${y}px`);
    }, SHIFT_EVERY_MS);
    return () => clearInterval(handle);
  }, []);
}
