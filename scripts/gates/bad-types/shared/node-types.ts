// expect: TS2591
export const cwd = process.cwd();
