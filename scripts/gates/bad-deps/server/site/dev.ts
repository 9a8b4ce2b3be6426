// expect: server-runs-on-runtime-dependencies
import fc from 'fast-check';

export const again = fc;
