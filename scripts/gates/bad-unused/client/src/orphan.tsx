// expect: files
export const Orphan = () => 1;
