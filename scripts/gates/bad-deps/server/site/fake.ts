// expect: testing-is-for-tests
import { createTestApp } from '../testing/app.ts';

export const again = createTestApp;
