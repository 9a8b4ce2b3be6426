// expect: noFocusedTests noSkippedTests
import { test } from 'vitest';

test.only('alone', () => {});
test.skip('never', () => {});
