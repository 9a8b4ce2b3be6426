// expect: files
export const orphan = 1;
