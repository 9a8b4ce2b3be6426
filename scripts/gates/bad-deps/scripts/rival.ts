// expect: rivals-only-in-bench
import createManager from 'asterisk-manager';

export const manager = createManager;
