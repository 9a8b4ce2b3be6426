// expect: noRestrictedGlobals
export const later = (run: () => void) => setTimeout(run, 1);
