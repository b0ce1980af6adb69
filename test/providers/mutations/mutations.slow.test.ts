import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { MUTATIONS } from './mutations.ts'

const ROOT = new URL('../../../', import.meta.url).pathname
const results = z.object({ numFailedTests: z.number(), numPassedTests: z.number() })
/** A mutant that never ends is caught too: the suite hangs where it should say what is wrong. */
const MOST_MS = 120_000
let copy = ''
const reportOf = (): string => join(copy, 'report.json')

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

/** How many checks of a suite fail, and how many hold, in the copy. */
async function checked(suite: string): Promise<z.infer<typeof results> | 'hangs'> {
  const options = ['--config', join(copy, 'test/vitest.config.ts'), '--project', 'virtual time', '--bail', '1']
  await rm(reportOf(), { force: true })
  const report = ['--reporter', 'json', '--outputFile', reportOf()]
  const where = ['--dir', join(copy, 'test/providers/contract'), `/${suite}.test.ts`]
  const child = spawn(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', copy, ...options, ...report, ...where],
    { cwd: copy, stdio: 'ignore', timeout: MOST_MS, killSignal: 'SIGKILL' },
  )
  const [, signal] = await once(child, 'close')
  return signal === null ? results.parse(JSON.parse(await readFile(reportOf(), 'utf8'))) : 'hangs'
}

test.each([...new Set(MUTATIONS.map(({ suite }) => suite))])('the suite of %s holds as it stands', async suite => {
  const found = await checked(suite)
  expect(found).toMatchObject({ numFailedTests: 0 })
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
      const found = await checked(suite)
      if (found !== 'hangs') expect(found.numFailedTests).toBeGreaterThan(0)
    } finally {
      await writeFile(path, text)
    }
  },
)
