import react from '@vitejs/plugin-react';
import { configDefaults, defineConfig } from 'vitest/config';

/** Known-bad trees and built files hold no tests of ours. */
const exclude = [...configDefaults.exclude, 'scripts/gates/**', 'client/dist/**'];
const STORES = ['**/*.redis.test.ts', '**/*.db.test.ts'];

export default defineConfig({
  test: {
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    // By default one processor is left out, which on two halves the speed.
    maxWorkers: '100%',
    // Groups run one after another, so that what depends on time (stores, then whole systems) has the processor alone.
    // They start at 1: vitest runs a group 0 of one worker after all others.
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{shared,server,scripts,bench,chaos}/**/*.test.ts'],
          exclude: [...exclude, ...STORES],
          pool: 'threads',
          // Two busy workers on a slow machine: a property test is not stuck after five seconds.
          testTimeout: 15_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'client',
          include: ['client/**/*.test.{ts,tsx}'],
          exclude,
          environment: 'jsdom',
          // Testing Library unmounts after each test only where it finds a global afterEach.
          globals: true,
          pool: 'threads',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'redis',
          include: ['**/*.redis.test.ts'],
          exclude,
          testTimeout: 20_000,
          hookTimeout: 20_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'db',
          include: ['**/*.db.test.ts'],
          exclude,
          globalSetup: ['server/db/testing-setup.ts'],
          testTimeout: 20_000,
          hookTimeout: 30_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
