import { defineConfig } from 'vitest/config'

/** `npm run test:slow`: they take more than ten seconds each, or minutes together, as the contract suites of all providers do. */
const SLOW = [
  'test/**/*.slow.test.ts',
  'test/providers/contract/**/*.test.ts',
  'test/providers/openai-realtime/contract.test.ts',
  // Real stores, real child processes, and whole records: seconds each.
  'test/{records,backup,migrate,metrics,traces,simulator,talk}/**/*.test.ts',
  'test/tools/links/**/*.test.ts',
  'test/sandbox/softphone/**/*.test.ts',
  'test/replay/{command,exact}.test.ts',
  'test/conversation/diagram.test.ts',
  'test/server/tasks.test.ts',
  'test/web/staff/timeline.test.ts',
  'test/staff/runs.test.ts',
]
/** Those of them that start real servers, kill them, or cut their wires, and wait for what comes of it: most of their time is waiting. */
const PROCESSES = [
  'test/real-time/{killed,fault-proxy,database-wire,slow-request,start}.slow.test.ts',
  'test/server/process.slow.test.ts',
  'test/testing/rung-call.slow.test.ts',
  'test/server/breakdown.slow.test.ts',
  'test/records/killed.slow.test.ts',
  'test/kills/**/*.slow.test.ts',
]
/** Those that look at when things happen: they run one after the other, beside nothing else. */
const REAL_TIME = ['test/real-time/{call,local-speech,roll-out,stall,tls-storm}.slow.test.ts']
/** `npm run test:e2e`: a real browser and a real LiveKit server. test/e2e/README.md says what they need. */
const E2E = ['test/**/*.e2e.test.ts']

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    // No test is about the machine's speed: these limits are for one that hangs.
    testTimeout: 180_000,
    hookTimeout: 300_000,
    teardownTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    pool: 'forks',
    setupFiles: ['test/real-timers.ts'],
    // Processes that tests start compile the same files again and again: it halves what a start costs.
    env: { NODE_COMPILE_CACHE: new URL('../node_modules/.cache/compiled', import.meta.url).pathname },
    projects: [
      {
        extends: true,
        test: {
          name: 'virtual time',
          include: ['test/**/*.test.ts'],
          exclude: [...SLOW, ...E2E],
          isolate: false,
          // One more than a small machine has cores: some of these wait for children, sockets and other threads.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: SLOW,
          exclude: [...PROCESSES, ...REAL_TIME],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'processes', include: PROCESSES, maxWorkers: 2, sequence: { groupOrder: 2 } } },
      { extends: true, test: { name: 'real time', include: REAL_TIME, maxWorkers: 1, sequence: { groupOrder: 3 } } },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: E2E,
          globalSetup: 'test/e2e/pieces.ts',
          // A browser on a busy machine takes its time.
          expect: { poll: { timeout: 30_000 } },
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
