import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PARTYLINE = new URL('../../src/command/partyline.ts', import.meta.url).pathname
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline command '))
})
afterAll(() => rm(folder, { recursive: true }))

interface Ended {
  readonly code: unknown
  readonly out: string
  readonly err: string
}

/** Runs the command away from any .env, where nobody sits at the terminal. */
const partyline = (...words: readonly string[]): Promise<Ended> =>
  new Promise(resolve => {
    const env = { PATH: process.env.PATH, DATA_DIR: folder }
    execFile(process.execPath, [PARTYLINE, ...words], { cwd: folder, env }, (error, out, err) =>
      resolve({ code: error ? error.code : 0, out, err }),
    ).stdin?.end()
  })

test.each([
  [['--version'], 0, /^Partyline \d+\.\d+\.\d+ on Node \d+/, ''],
  [['call', '--help'], 0, /Recorded callers:\n {2}backchannels/, ''],
  [['cal'], 2, /^$/, /unknown command 'cal'\n\(Did you mean call\?\)/],
  [['start', '--nonsense'], 2, /^$/, /unknown option '--nonsense'\n\(--help says what can be typed\)/],
  // A script says itself how it is used.
  [['pin', '--help'], 1, /^$/, /run pin -- |partyline pin /],
  [['dev'], 2, /^$/, /^There is no folder agents here\. "partyline init" writes one/],
  [['console', '--agents', './nowhere'], 2, /^$/, /^PARTYLINE_AGENTS: there is no file or folder \.\/nowhere\n$/],
  [['init'], 2, /^$/, /^Nobody is there to ask: give --name and --language, or --yes\.\n$/],
] as const)('partyline %j ends with %i', async (words, code, out, err) => {
  const ended = await partyline(...words)
  expect(ended).toEqual({ code, out: expect.stringMatching(out), err: expect.stringMatching(err) })
})
