// expect: noRestrictedGlobals
export const bytes = Buffer.from('');
