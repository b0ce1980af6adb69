import { defineConfig } from 'vitest/config'

/** They start the real server as a process and ring it in real time, one after the other. */
const REAL_TIME = ['test/real-time/**/*.test.ts']
/** They take more than ten seconds each: `npm run test:slow`. */
const SLOW = ['test/**/*.slow.test.ts']

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    // No test is about the machine's speed: these limits are for one that hangs.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'virtual time',
          include: ['test/**/*.test.ts'],
          exclude: [...REAL_TIME, ...SLOW],
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'real time', include: REAL_TIME, exclude: SLOW, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'slow', include: SLOW, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
})
