// expect: noNonNullAssertion
export const size = (name: string | null): number => name!.length;
