// expect: exports types
export const used = (value: unknown): unknown => value;
export const forgotten = 1;
export interface Forgotten {
  readonly name: string;
}
