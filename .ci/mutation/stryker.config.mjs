const here = name => new URL(name, import.meta.url).pathname

/** Where mutants are made and tested; `mutate` and the tests come from the command line (`run`). */
export default {
  testRunner: 'one-process',
  plugins: [here('./runner.mjs'), here('./texts.mjs'), here('./as-they-come.mjs')],
  ignorers: ['texts'],
  coverageAnalysis: 'perTest',
  // What is worked out while a file is loaded would have to be loaded anew for each mutant: tables and patterns, mostly.
  ignoreStatic: true,
  concurrency: Number(process.env.MUTATION_AT_ONCE ?? 1),
  // A mutant that spins in virtual time is given up soon: it meets half a second's tests at most, on however busy a machine.
  timeoutMS: 20_000,
  timeoutFactor: 0.01,
  dryRunTimeoutMinutes: 30,
  reporters: ['clear-text', 'json', 'as-they-come', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `data/mutation/${process.env.MUTATION_REPORT ?? 'mutation'}.json` },
  tempDirName: `data/mutation/${process.env.MUTATION_REPORT ?? 'mutation'}-sandbox`,
  ignorePatterns: ['dist', 'data', 'docs', 'helm', 'deploy', '/test/bench'],
  // It reads this file with TypeScript's programming interface, which TypeScript 7 has not; there is nothing to rewrite in ours.
  tsconfigFile: '.ci/mutation/no-tsconfig.json',
  allowConsoleColors: false,
}
