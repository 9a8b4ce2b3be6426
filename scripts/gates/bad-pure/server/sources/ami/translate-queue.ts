// expect: no-impure-call
export const passed = () => [1].map(Date.now);
