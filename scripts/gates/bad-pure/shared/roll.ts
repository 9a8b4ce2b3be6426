// expect: no-impure-call
export const roll = () => Math.random();
