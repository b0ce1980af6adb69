/** Where mutants are made and tested; `mutate` and the tests come from the command line (`run`). */
export default {
  testRunner: 'vitest',
  vitest: { configFile: '.ci/mutation/vitest.config.ts', related: false },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A mutant that waits for ever in virtual time spins: it is given up soon.
  timeoutMS: 10_000,
  timeoutFactor: 2,
  incremental: true,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: 'data/mutation/mutation.json' },
  incrementalFile: 'data/mutation/incremental.json',
  tempDirName: 'data/mutation/sandbox',
  ignorePatterns: ['dist', 'data', 'docs', 'helm', 'deploy', '/test/bench'],
  // It reads this file with TypeScript's programming interface, which TypeScript 7 has not; there is nothing to rewrite in ours.
  tsconfigFile: '.ci/mutation/no-tsconfig.json',
  allowConsoleColors: false,
}
