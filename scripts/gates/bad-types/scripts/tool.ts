// expect: TS2322
export const wrong: number = 'one';
