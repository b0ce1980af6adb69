import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MUTATIONS } from './mutations.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
/** What run-suite.ts ends with where a check fails. */
const FAILS = 3
/** A mutant that never ends is caught too: the suite hangs where it should say what is wrong. */
const MOST_MS = 120_000
let copy = ''

/** The sources and the tests, with the packages of this folder. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'partyline-mutants-'))
  for (const part of ['src', 'test', 'package.json', 'tsconfig.json']) {
    const isWanted = (path: string): boolean => !/\/(?:fixtures|pictures|e2e|web|audio-files)\//.test(path)
    await cp(join(ROOT, part), join(copy, part), { recursive: true, filter: isWanted })
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rm(copy, { recursive: true, force: true }))

/** Runs a suite in the copy. `broken`: the process itself failed, as an exception does that nobody catches. */
async function checked(suite: string): Promise<'holds' | 'fails' | 'broken' | 'hangs'> {
  const script = join(copy, 'test/providers/mutations/run-suite.ts')
  const child = spawn(process.execPath, [script, suite], {
    ...{ cwd: copy, stdio: 'ignore', timeout: MOST_MS, killSignal: 'SIGKILL' },
  })
  const [code, signal] = await once(child, 'close')
  if (signal !== null) return 'hangs'
  return code === 0 ? 'holds' : code === FAILS ? 'fails' : 'broken'
}

test.each([...new Set(MUTATIONS.map(({ suite }) => suite))])('the suite of %s holds as it stands', async suite => {
  expect(await checked(suite)).toBe('holds')
})

test.each(MUTATIONS)(
  '$file, where $from is $to, is found by the suite of $suite',
  async ({ suite, file, from, to }) => {
    const path = join(copy, 'src/providers', file)
    const text = await readFile(path, 'utf8')
    expect(text.split(from).length, 'how often it stands there').toBe(2)
    await writeFile(
      path,
      text.replace(from, () => to),
    )
    try {
      expect(await checked(suite)).not.toBe('holds')
    } finally {
      await writeFile(path, text)
    }
  },
)
