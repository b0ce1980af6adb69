import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { basename, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import { isInSample } from './sample.mjs'
import { files, startFile, takeFinished } from './test-functions.mjs'

/**
 * Runs the tests for Stryker, all in one process that loads them once: nearly all of what a mutant costs by vitest's own
 * runner, half a second, is a new thread with everything loaded anew. Node loads TypeScript by itself, and `isolate` is off in
 * the project's own vitest too. What one mutant leaves behind could spoil the next: so a failure counts only if the same
 * test passes right after without the mutant; otherwise the process is thrown away and the mutant tried again in a new one.
 */

/** The tests to try mutants with: folders or files, with commas between them. */
const TESTS = (process.env.MUTATION_TESTS ?? 'test/conversation').split(',')
/** Of what is in a folder; a file that is named is taken. */
const LEFT_OUT = [
  /\.(slow|e2e)\.test\.ts$/,
  // Drawn of hundreds of thousands of steps: too slow to be drawn for each mutant, and compared by vitest's own files.
  /conversation\/diagram\.test\.ts$/,
  // Hundreds of drawn calls, and real processes: seconds for each mutant.
  /conversation\/any-call\.test\.ts$/,
  /(tools\/links\/child|browser\/rooms-process)\.test\.ts$/,
]
/** A mutant that nothing notices would meet every test that comes by it: the quickest are tried, together for so much work. */
const BUDGET_MS = Number(process.env.MUTATION_BUDGET_MS ?? 2_000)
/** In virtual time a test hangs only if something waits for what no clock brings. */
const HANGS_AFTER_MS = 15_000
/** What each test took in the first run, in the folder that Stryker makes for this run. */
const TOOK = 'mutation-took.json'

const { setTimeout, clearTimeout } = globalThis

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest'
      ? { url: new URL('./test-functions.mjs', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
})

class OneProcess {
  #stryker = (globalThis.__stryker__ ??= {})
  /** The processor's time, which other programs do not change. */
  #tookMs = new Map()
  #killers = []
  #hasRealTimers

  capabilities() {
    return { reloadEnvironment: false }
  }

  async init() {
    // Work of an earlier mutant that ends late says nothing about this one.
    process.on('unhandledRejection', () => undefined)
    process.on('uncaughtException', () => undefined)
    const inFolder = folder => globSync(`${folder}/**/*.test.ts`).filter(name => !LEFT_OUT.some(pattern => pattern.test(name)))
    for (const name of TESTS.flatMap(name => (name.endsWith('.ts') ? [name] : inFolder(name).toSorted()))) {
      startFile(name)
      await import(pathToFileURL(resolve(name)).href)
    }
    const timers = await import(pathToFileURL(resolve('test/whole-call/library-timers.ts')).href)
    this.#hasRealTimers = timers.hasRealTimers
    // A process that takes the place of one that was thrown away has no first run of its own.
    if (existsSync(TOOK)) this.#tookMs = new Map(JSON.parse(readFileSync(TOOK, 'utf8')))
  }

  async dryRun() {
    const tests = []
    const failing = new Set()
    for (const file of files) {
      this.#stryker.currentTestId = `${file.name}#before`
      await inTurn(file.before)
      for (const test of file.tests) {
        this.#stryker.currentTestId = test.id
        const atMs = performance.now()
        const work = process.cpuUsage()
        const failure = await failureOf(test, HANGS_AFTER_MS * 6)
        const timeSpentMs = performance.now() - atMs
        this.#tookMs.set(test.id, process.cpuUsage(work).user / 1_000)
        // What fails without a mutant says nothing about one: a test that waits in real time, on a busy machine.
        if (failure) failing.add(test.id)
        else tests.push({ id: test.id, name: test.plainName, fileName: resolve(file.name), timeSpentMs, status: 0 })
      }
      await inTurn(file.after)
    }
    this.#stryker.currentTestId = undefined
    writeFileSync(TOOK, JSON.stringify([...this.#tookMs]))
    if (failing.size > 0) process.stderr.write(`left out, as they fail by themselves: ${[...failing].join(', ')}\n`)
    const mutantCoverage = this.#coverage()
    for (const id of failing) delete mutantCoverage.perTest[id]
    return { status: 'complete', tests, mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, mutantActivation }) {
    if (mutantActivation === 'static') return { status: 'error', errorMessage: 'files are loaded only once here' }
    // Stryker counts these neither as noticed nor as survived.
    if (!isInSample(activeMutant.id)) return { status: 'error', errorMessage: 'not in the sample' }
    Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: 0, hitLimit })
    let nrOfTests = 0
    for (const { file, tests } of this.#inOrder(new Set(testFilter), basename(activeMutant.fileName, '.ts'))) {
      let failed = await failureOfAll(file.before)
      let killer = tests[0]
      for (const test of failed ? [] : tests) {
        nrOfTests += 1
        killer = test
        failed = await failureOf(test, HANGS_AFTER_MS)
        if (failed) break
      }
      const isEndless = this.#stryker.hitCount > hitLimit
      Object.assign(this.#stryker, { activeMutant: undefined, hitCount: undefined })
      const after = await failureOfAll(file.after)
      if (isEndless) return { status: 'timeout', reason: 'it went on and on' }
      if (failed) {
        await this.#mustPass(file, killer)
        this.#killers = [killer.id, ...this.#killers.filter(id => id !== killer.id)].slice(0, 8)
        return { status: 'killed', killedBy: [killer.id], failureMessage: failed, nrOfTests }
      }
      if (after || !this.#hasRealTimers()) throw new Error(`left something behind: ${after}`)
      Object.assign(this.#stryker, { activeMutant: activeMutant.id, hitCount: this.#stryker.hitCount ?? 0 })
    }
    this.#stryker.activeMutant = undefined
    return { status: 'survived', nrOfTests }
  }

  /** What ran last killed the mutant, or an earlier one spoiled the process. */
  async #mustPass(file, test) {
    const failed =
      (await failureOfAll(file.before)) || (await failureOf(test, 6 * HANGS_AFTER_MS)) || (await failureOfAll(file.after))
    if (failed || !this.#hasRealTimers()) throw new Error(`an earlier mutant spoiled ${test.id}: ${failed}`)
  }

  /**
   * The chosen tests by file: those that noticed the last mutants first; then those of the file that is named as the mutant's
   * own is; then the quickest of each file, the second of each, and so on, until the budget is used.
   */
  #inOrder(chosen, own) {
    const took = ({ id }) => this.#tookMs.get(id) ?? 0
    const rankOf = (file, { id }, round) => {
      if (this.#killers.includes(id)) return -2
      return basename(file.name, '.test.ts') === own ? -1 : round
    }
    const all = files.flatMap(file =>
      file.tests
        .filter(({ id }) => chosen.has(id))
        .toSorted((one, other) => took(one) - took(other))
        .map((test, round) => ({ file, test, rank: rankOf(file, test, round) })),
    )
    let leftMs = BUDGET_MS
    const byFile = new Map()
    for (const { file, test } of all.toSorted((one, other) => one.rank - other.rank)) {
      if (leftMs < 0) break
      leftMs -= took(test)
      byFile.set(file, [...(byFile.get(file) ?? []), test])
    }
    return [...byFile].map(([file, tests]) => ({ file, tests }))
  }

  /** What a file does before its tests is come by in each of them. */
  #coverage() {
    const coverage = this.#stryker.mutantCoverage ?? { static: {}, perTest: {} }
    for (const file of files) {
      const before = coverage.perTest[`${file.name}#before`]
      delete coverage.perTest[`${file.name}#before`]
      if (before) for (const { id } of file.tests) coverage.perTest[id] = { ...before, ...coverage.perTest[id] }
    }
    return coverage
  }
}

async function inTurn(acts) {
  for (const act of acts) await act()
}

const failureOfAll = acts => caught(() => inTurn(acts), HANGS_AFTER_MS * 6)

/** Why this test fails, or undefined. */
async function failureOf(test, withinMs) {
  takeFinished()
  const failed = await caught(test.run, withinMs)
  const after = await caught(() => inTurn(takeFinished()), withinMs)
  return failed ?? after
}

async function caught(act, withinMs) {
  let timer
  const hangs = new Promise((_, reject) => {
    timer = setTimeout(reject, withinMs, new Error(`hangs for ${withinMs} ms`))
  })
  try {
    await Promise.race([act(), hangs])
  } catch (error) {
    return String(error?.stack ?? error)
  } finally {
    clearTimeout(timer)
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'one-process', OneProcess)]
