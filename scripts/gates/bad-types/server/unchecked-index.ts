// expect: TS2532
export const size = (names: readonly string[]): number => names[0].length;
