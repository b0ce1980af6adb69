import { defineConfig } from 'vitest/config'

/** They ring a real server in real time, and wait more than they work: on a busy machine they would be late. */
const REAL_TIME = ['test/e2e/**/*.test.ts', 'test/server/process.test.ts', 'test/server/tasks.test.ts']

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'virtual time',
          include: ['test/**/*.test.ts'],
          exclude: REAL_TIME,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'real time', include: REAL_TIME, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
    ],
  },
})
