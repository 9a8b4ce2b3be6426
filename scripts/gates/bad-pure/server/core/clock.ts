// expect: no-impure-call
export const now = () => Date.now();
