import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const COMMAND = new URL('../../src/command/partyline.ts', import.meta.url).pathname
const run = promisify(execFile)

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterAll(() => rm(dataDir, { recursive: true }))

/** What the command wrote, and its exit code. */
async function cost(...args: readonly string[]) {
  const env = { PATH: process.env.PATH ?? '', DATA_DIR: dataDir, TIME_ZONE: 'Europe/Berlin' }
  return run(process.execPath, [COMMAND, 'cost', ...args], { env, cwd: dataDir }).then(
    ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  )
}

test('where there are no calls it says so, and as CSV there is a head and a row of nothing', async () => {
  expect(await cost('--since', '2026-11-01')).toMatchObject({ code: 0, stdout: 'No call began in this time.\n' })
  const { stdout } = await cost('--since', '2026-11-01', '--by', 'provider', '--csv')
  expect(stdout.trim().split('\n')).toEqual([
    expect.stringMatching(/^provider,calls,/),
    expect.stringMatching(/^all,0,/),
  ])
})

test.each([
  [['--since', 'yesterday', '--by', 'caller'], /--since: "yesterday" must be a day/],
  [['--since', '2026-11-02', '--until', '2026-11-01'], /--until: must be later/],
  [['--what-if', 'deepgram=free'], /--what-if: "deepgram=free" must be/],
  [['--nonsense'], /--nonsense/],
])('%s makes no sense: the exit code is 2', async (args, why) => {
  const { code, stdout, stderr } = await cost(...args)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toMatch(why)
  expect(stderr).not.toMatch(/^ {4}at /m)
})
