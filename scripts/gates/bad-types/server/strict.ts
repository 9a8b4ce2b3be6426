// expect: TS2322 TS7006
export const name: string = null;
export const twice = (value) => value * 2;
