// expect: noRestrictedGlobals
export const id = () => crypto.randomUUID();
