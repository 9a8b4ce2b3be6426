// expect: no-impure-call
export const stamp = () => new Date().toISOString();
