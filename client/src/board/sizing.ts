/**
 * Digit sizes from the TV's diagonal and the farthest seat: ISO 9241-3 and NUREG-0700 ask for 16 minutes of arc at least
 * and 20 preferred. Digits are 0.72 em high. Lengths are in hundredths of the screen's height.
 */
const DIGIT_EM = 0.72;
const GOOD_ARC_MIN = 20;
const LEAST_ARC_MIN = 16;

export interface WallSizing {
  /** Font size of the two leading figures. */
  readonly hero: number;
  /** Font size of the other headline figures. */
  readonly headline: number;
  /** Font size of figures in rows. */
  readonly row: number;
  readonly rowsPerPage: number;
}

const DEFAULT_TV = { inches: 65, metres: 6 } as const;
/** Height of the rotating page without its heading, and room a row needs beyond its digits. */
const PAGE_HEIGHT = 41;
const ROW_SPACE = 1.42;

/** Font size for digits of so many minutes of arc at the farthest seat. */
export function fontSizeFor(arcMinutes: number, inches: number, metres: number): number {
  const digitMm = metres * 1000 * Math.tan(((arcMinutes / 60) * Math.PI) / 180);
  const screenMm = inches * 25.4 * (9 / Math.hypot(16, 9));
  return (digitMm / DIGIT_EM / screenMm) * 100;
}

/** Past what fits the layout the sizes stop growing: then the TV is too small for the room. */
export function wallSizing(inches: number, metres: number): WallSizing {
  const good = fontSizeFor(GOOD_ARC_MIN, inches, metres);
  const least = fontSizeFor(LEAST_ARC_MIN, inches, metres);
  const row = clamp(least, 4.6, 10);
  return {
    hero: clamp(good * 2, 15, 18),
    headline: clamp(good, 7.6, 9.4),
    row: round(row),
    rowsPerPage: Math.max(3, Math.floor(PAGE_HEIGHT / (row * ROW_SPACE))),
  };
}

/** Reads `?inches=55&metres=8`; nonsense gives the default. */
export function sizingFromQuery(query: URLSearchParams): WallSizing {
  return wallSizing(
    within(query.get('inches'), 20, 150, DEFAULT_TV.inches),
    within(query.get('metres'), 1, 40, DEFAULT_TV.metres),
  );
}

function within(text: string | null, min: number, max: number, otherwise: number): number {
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return value >= min && value <= max ? value : otherwise;
}

const clamp = (value: number, min: number, max: number): number => round(Math.min(max, Math.max(min, value)));
const round = (value: number): number => Math.round(value * 100) / 100;
