import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FIXTURES_DIR } from '../../src/sandbox/caller/fixture.ts'

const COMMAND = new URL('../../src/command/partyline.ts', import.meta.url).pathname
const FIXTURE = join(FIXTURES_DIR, 'recorded-corrects')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-command-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the command, away from any .env. */
const replay = (...given: readonly string[]) =>
  new Promise<{ readonly code: number | string | null | undefined; readonly out: string; readonly err: string }>(
    resolve => {
      execFile(process.execPath, [COMMAND, 'replay', ...given], { cwd: folder }, (error, out, err) =>
        resolve({ code: error ? error.code : 0, out, err }),
      )
    },
  )

test('a call that comes out as recorded is told, and reported for CI', async () => {
  const [json, junit] = [join(folder, 'all.json'), join(folder, 'junit.xml')]
  const { code, out, err } = await replay(FIXTURE, '--expect', '--json', json, '--junit', junit)
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^as recorded {2}recorded-corrects \(\d+ lines.*\n1 call: all as recorded\n$/)
  expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
    calls: [{ name: 'recorded-corrects', problems: [] }],
  })
  expect(await readFile(junit, 'utf8')).toContain('<testcase classname="replay" name="recorded-corrects"')
})

test('a call that differs ends with 1', async () => {
  const journal = join(folder, 'journal.jsonl')
  const text = await readFile(join(FIXTURE, 'journal.jsonl'), 'utf8')
  await writeFile(journal, text.replace('"messages":', '"messages":1'))
  const { code, out } = await replay(journal)
  expect(code).toBe(1)
  expect(out).toMatch(/^DIFFERS .*\n {2}line \d+ at .*recorded the model asked with 1\d messages/)
})

test('a change shows both runs, and is no failure', async () => {
  const { code, out } = await replay(FIXTURE, '--patience-ms', '900')
  expect(code).toBe(0)
  expect(out).toMatch(/recorded-corrects: 3 turns, \d changed/)
  expect(out).toMatch(/\n {5}before: .*\(recorded\).*\n {5}now: {4}/)
})

test('a fixture is only shown until it is to be saved', async () => {
  const { code, out } = await replay(FIXTURE, '--fixture', 'never-saved')
  expect(code).toBe(0)
  expect(out).toMatch(/Caller: Please book a table for two/)
  expect(out).toMatch(/Nothing is saved/)
})

test.each([
  [[], /missing required argument 'calls'/],
  [['/nowhere'], /there is no such file or folder/],
  [[FIXTURE, '--patience-ms', 'long'], /--patience-ms: "long" must be whole milliseconds/],
  [[FIXTURE, '--instructions', '/nowhere'], /--instructions: \/nowhere cannot be read/],
  [[FIXTURE, '--fixture', 'No Name'], /must be small letters/],
] as const)('%j makes no sense', async (given, told) => {
  const { code, err } = await replay(...given)
  expect(code).toBe(2)
  expect(err).toMatch(told)
})
