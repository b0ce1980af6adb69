import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect'
import { format } from 'node:util'

/**
 * What the tests import from vitest, as far as those that mutants are tried with use it: they are only gathered here, and
 * run.mjs runs them. (`runner.mjs` says why not vitest itself.)
 */
for (const matchers of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(matchers)

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect)
Object.assign(expect, globalThis[Symbol.for('asymmetric-matchers-object')])
setState({ assertionCalls: 0 }, expect)

const POLLED_FOR_MS = 5_000
const POLLED_EVERY_MS = 20
const { setTimeout } = globalThis

/** Asks again and again until what it gives is as it should be. */
expect.poll = ask =>
  new Proxy(
    {},
    {
      get:
        (_, matcher) =>
        async (...wanted) => {
          const untilMs = performance.now() + POLLED_FOR_MS
          for (;;) {
            const found = await ask()
            try {
              return expect(found)[matcher](...wanted)
            } catch (error) {
              if (performance.now() > untilMs) throw error
            }
            await new Promise(resolve => setTimeout(resolve, POLLED_EVERY_MS))
          }
        },
    },
  )

/** The files in the order in which they were loaded, each with its tests and what it does before and after them. */
export const files = []
let file
let suites = []
let finished = []

export function startFile(name) {
  file = { name, tests: [], before: [], after: [], beforeEach: [], afterEach: [] }
  files.push(file)
}

export function test(name, ...given) {
  const run = given.find(part => typeof part === 'function')
  const plain = [...suites, name].join(' ')
  // Rows of a table may share a name.
  const same = file.tests.filter(({ plainName }) => plainName === plain).length
  const { beforeEach, afterEach } = file
  file.tests.push({
    id: `${file.name}#${plain}${same ? ` (${same + 1})` : ''}`,
    plainName: plain,
    async run() {
      for (const act of beforeEach) await act()
      try {
        await run()
      } finally {
        for (const act of afterEach) await act()
      }
    },
  })
}

test.each = rows => (name, run) => {
  for (const row of rows) {
    const given = Array.isArray(row) ? row : [row]
    const places = name.match(/%[a-z]/g)?.length ?? 0
    test(format(name, ...given.slice(0, places)), () => run(...given))
  }
}

export function describe(name, gather) {
  suites = [...suites, name]
  gather()
  suites = suites.slice(0, -1)
}

export const beforeAll = act => file.before.push(act)
export const afterAll = act => file.after.unshift(act)
export const beforeEach = act => file.beforeEach.push(act)
export const afterEach = act => file.afterEach.unshift(act)
export const onTestFinished = act => finished.unshift(act)

/** What the test that has just run wants done after it. */
export function takeFinished() {
  const acts = finished
  finished = []
  return acts
}
