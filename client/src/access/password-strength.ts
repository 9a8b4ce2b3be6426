/** How hard a password is to guess, said in a way that helps to find a better one. A hint: the server decides. */

export const MIN_PASSWORD_LENGTH = 10;

export interface Strength {
  /** 0: nothing yet, or too short; 4: very hard to guess. */
  readonly bars: 0 | 1 | 2 | 3 | 4;
  readonly advice: 'start' | 'more' | 'names' | 'pattern' | 'fair' | 'good' | 'strong';
  /** Characters that are still missing. */
  readonly missing: number;
}

/** What whole rows of people type first; counts as one guess wherever it stands. */
const COMMON =
  /pass(word|wort)?|p@ss(w0rd)?|admin(istrator)?|welcome|qwerty|asdf(gh)?|zxcvbn?|woaini|iloveyou|letmein|floorcast|5201314|1q2w3e4r|mima/g;

export function strengthOf(password: string, names: readonly string[] = []): Strength {
  const { length } = password;
  const missing = Math.max(0, MIN_PASSWORD_LENGTH - length);
  if (length === 0) return { bars: 0, advice: 'start', missing };
  if (missing > 0) return { bars: 0, advice: 'more', missing };
  const text = password.toLowerCase();
  const own = names.map((name) => name.trim().toLowerCase()).filter((name) => name.length > 2);
  const without = own.reduce((rest, name) => rest.replaceAll(name, ' '), text).replaceAll(COMMON, ' ');
  const bits = bitsOf(without);
  if (bits < 30) {
    const isNamed = own.some((name) => text.includes(name));
    return { bars: 1, advice: isNamed ? 'names' : 'pattern', missing };
  }
  if (bits < 46) return { bars: 2, advice: 'fair', missing };
  return bits < 64 ? { bars: 3, advice: 'good', missing } : { bars: 4, advice: 'strong', missing };
}

/** Each character by its kind; one that repeats the last, goes on a row (abc, 321) or was there often tells little. */
function bitsOf(text: string): number {
  const seen = new Map<string, number>();
  let bits = 0;
  let before = Number.NaN;
  let stepBefore = Number.NaN;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const step = code - before;
    const isExpected = step === 0 || (Math.abs(step) === 1 && step === stepBefore);
    const times = seen.get(character) ?? 0;
    bits += isExpected ? 0.5 : bitsOfKind(character) / (1 + times);
    seen.set(character, times + 1);
    before = code;
    stepBefore = step;
  }
  return bits;
}

function bitsOfKind(character: string): number {
  if (/\d/.test(character)) return 3;
  if (/\s/.test(character)) return 1;
  if (/[a-z]/.test(character)) return 3.8;
  return /\p{Script=Han}/u.test(character) ? 8 : 5;
}

/** Without what is mistaken for something else: 0 and O, 1, l and I. */
const CLEAR = 'abcdefghijkmnpqrstuvwxyz23456789';

/** A first password to hand over: four groups of four. `random` gives a whole number below its argument. */
export const suggestPassword = (random: (below: number) => number): string =>
  Array.from({ length: 4 }, () => Array.from({ length: 4 }, () => CLEAR[random(CLEAR.length)]).join('')).join('-');
