export const first = (names: readonly string[]): string | undefined => names[0];
