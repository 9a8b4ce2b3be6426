// expect: noRestrictedGlobals
export const now = () => performance.now();
