import { defineConfig } from 'vitest/config'

/** The tests that a mutant must survive: named in MUTATION_TESTS, as folders or files with commas between them. */
const tests = (process.env.MUTATION_TESTS ?? 'test/conversation,test/tools,test/channels').split(',')

export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  test: {
    include: tests.map(name => (name.endsWith('.ts') ? name : `${name}/**/*.test.ts`)),
    // The diagram is drawn of hundreds of thousands of steps: too slow to be drawn for each mutant.
    exclude: ['test/**/*.slow.test.ts', 'test/**/*.e2e.test.ts', 'test/conversation/diagram.test.ts'],
    testTimeout: 60_000,
    setupFiles: ['test/real-timers.ts'],
    // What a mutant changed while a file was loaded must not be kept for the next one.
    isolate: true,
    maxWorkers: 1,
  },
})
