import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MUTATIONS, type Mutation } from './mutations.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
/** What run-suite.ts ends with where a check fails, and vitest where a test does. */
const FAILS = 3
const TEST_FAILS = 1
/** What a run takes as it stands, before anything is known of this machine. */
const MOST_MS = 120_000
/** A mutant that never ends is caught, too: it hangs where it should say what is wrong. So much longer than the suite took. */
const HANGS_AFTER = 8
const LEAST_MS = 20_000
let copy = ''
/** How long what is run takes as it stands, by its name. */
const tookMs = new Map<string, number>()

/** The sources and the tests, with the packages of this folder. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'partyline-mutants-'))
  for (const part of ['src', 'agents', 'test', 'package.json', 'tsconfig.json']) {
    const isWanted = (path: string): boolean => !/\/(?:fixtures|pictures|e2e|web|audio-files)\//.test(path)
    await cp(join(ROOT, part), join(copy, part), { recursive: true, filter: isWanted })
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rm(copy, { recursive: true, force: true }))

type Checked = 'holds' | 'fails' | 'broken' | 'hangs'

/** Runs a program in the copy. `broken`: the process itself failed, as an exception does that nobody catches. */
async function checked(args: readonly string[], fails: number, mostMs: number): Promise<Checked> {
  const child = spawn(process.execPath, args, {
    ...{ cwd: copy, stdio: 'ignore', timeout: mostMs, killSignal: 'SIGKILL' },
  })
  const [code, signal] = await once(child, 'close')
  if (signal !== null) return 'hangs'
  return code === 0 ? 'holds' : code === fails ? 'fails' : 'broken'
}

const runSuite = (suite: string, mostMs: number): Promise<Checked> =>
  checked([join(copy, 'test/providers/mutations/run-suite.ts'), suite], FAILS, mostMs)

/** Runs tests of providers, up to the first that fails. `testMs`: when one of them is taken for one that hangs. */
const runOwn = (files: readonly string[], testMs: number, mostMs: number): Promise<Checked> =>
  checked(
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts', '--project', 'virtual time'],
      ...['--bail', '1', '--testTimeout', `${Math.round(testMs)}`, ...files.map(file => `test/providers/${file}`)],
    ],
    TEST_FAILS,
    mostMs,
  )

const OWN = [...new Set(MUTATIONS.flatMap(({ own }) => own ?? []))]
/** All of OWN at once: one test takes no longer. */
const ALL_OWN = 'all tests of their own'
const usualMs = (name: string): number => tookMs.get(name) ?? MOST_MS / 2
const longerThan = (ms: number): number => Math.round(Math.min(MOST_MS, Math.max(LEAST_MS, HANGS_AFTER * ms)))
const run = ({ suite, own }: Pick<Mutation, 'suite' | 'own'>): Promise<Checked> =>
  own === undefined
    ? runSuite(suite, longerThan(usualMs(suite)))
    : runOwn([own], Math.max(LEAST_MS / 4, usualMs(ALL_OWN)), longerThan(usualMs(ALL_OWN)))

async function timed(name: string, work: Promise<Checked>): Promise<Checked> {
  const startMs = performance.now()
  const result = await work
  tookMs.set(name, performance.now() - startMs)
  return result
}

test.each([...new Set(MUTATIONS.map(({ suite }) => suite))])('the suite of %s holds as it stands', async suite => {
  expect(await timed(suite, runSuite(suite, MOST_MS))).toBe('holds')
})

test('the tests of their own hold as they stand', async () => {
  expect(await timed(ALL_OWN, runOwn(OWN, MOST_MS / 2, MOST_MS))).toBe('holds')
})

test.each(MUTATIONS)('$file, where $from is $to, is found by the tests of $suite', async mutation => {
  const { file, from, to } = mutation
  const path = join(copy, 'src/providers', file)
  const text = await readFile(path, 'utf8')
  expect(text.split(from).length, 'how often it stands there').toBe(2)
  await writeFile(
    path,
    text.replace(from, () => to),
  )
  try {
    expect(await run(mutation)).not.toBe('holds')
  } finally {
    await writeFile(path, text)
  }
})
