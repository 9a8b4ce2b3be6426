/** The TV and the room that a board is designed for: a choice of this machine, not of the board. */
import { useState } from 'react';

export interface TvRoom {
  readonly inches: number;
  readonly metres: number;
}

const KEY = 'floorcast.boardRoom';
const USUAL: TvRoom = { inches: 65, metres: 6 };

export const ROOM_LIMITS = { inches: [20, 150], metres: [1, 40] } as const;

const within = (value: unknown, [min, max]: readonly [number, number], otherwise: number): number =>
  typeof value === 'number' && value >= min && value <= max ? value : otherwise;

function storedRoom(): TvRoom {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<TvRoom> | null;
    return {
      inches: within(stored?.inches, ROOM_LIMITS.inches, USUAL.inches),
      metres: within(stored?.metres, ROOM_LIMITS.metres, USUAL.metres),
    };
  } catch {
    // What somebody else's hand wrote there is no reason to refuse the page.
    return USUAL;
  }
}

export function useTvRoom(): readonly [TvRoom, (room: TvRoom) => void] {
  const [room, setRoom] = useState(storedRoom);
  const change = (next: TvRoom): void => {
    setRoom(next);
    localStorage.setItem(KEY, JSON.stringify(next));
  };
  return [room, change];
}

/** Never more than is true. */
export const metresText = (metres: number): string => (Math.floor(metres * 10) / 10).toFixed(1);
