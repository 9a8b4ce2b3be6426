// expect: useFilenamingConvention
export const one = 1;
