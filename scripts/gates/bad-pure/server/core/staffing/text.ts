// expect: no-impure-call
export const text = () => Date();
