// expect: noExplicitAny
export const anything: any = 1;
