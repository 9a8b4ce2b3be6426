// expect: format
export const one   = 1
