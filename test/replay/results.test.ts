import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCalls } from '../../src/replay/call-folder.ts'
import { readExpectation } from '../../src/replay/expectation.ts'
import { resultInWords } from '../../src/replay/in-words.ts'
import { junitOf } from '../../src/replay/junit.ts'
import { type CallResult, resultOf } from '../../src/replay/results.ts'
import { FIXTURES_DIR } from '../../src/sandbox/caller/fixture.ts'

const options = { expects: true, now: () => 0 }
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-replay-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** A copy of a fixture in which some text of a file is replaced. */
async function copyOf(name: string, as: string, file: string, from: string, to: string): Promise<CallResult> {
  await cp(join(FIXTURES_DIR, name), join(folder, as), { recursive: true })
  const path = join(folder, as, file)
  const text = await readFile(path, 'utf8')
  expect(text).toContain(from)
  await writeFile(path, text.replace(from, to))
  const [call] = await findCalls(join(folder, as))
  if (!call) throw new Error('there is no copy')
  return resultOf(call, options)
}

test('every call kept in fixtures/calls comes out as it was recorded, and as expected', async () => {
  const calls = await findCalls(FIXTURES_DIR)
  expect(calls.length).toBeGreaterThanOrEqual(4)
  for (const call of calls) expect(await resultOf(call, options)).toMatchObject({ name: call.name, problems: [] })
})

test('a call that comes to something else than expected is told in words', async () => {
  const { problems } = await copyOf(
    'recorded-corrects',
    'expects',
    'expect.json',
    '"outcome": "hang-up"',
    '"outcome": "transfer"',
  )
  expect(problems).toEqual(['expected the end "transfer", now "hang-up"'])
})

test('a decision that differs is told in words, and in the report for CI', async () => {
  const result = await copyOf(
    'recorded-corrects',
    'differs',
    'journal.jsonl',
    '"why":"complete"',
    '"why":"<odd> & \\u0001"',
  )
  expect(result.problems).toHaveLength(1)
  expect(result.problems[0]).toMatch(
    /^line \d+ at \d+\.\d\d s: recorded waiting until .*, now waiting until .*\(complete\)/,
  )
  expect(resultInWords(result)).toMatch(/^DIFFERS {2}differs \(\d+ lines/)
  const junit = junitOf([result])
  expect(junit).toContain('<testsuites tests="1" failures="1"')
  expect(junit).toContain('&lt;odd&gt; &amp; �')
  expect(junit).not.toContain('\u0001')
})

test('a broken journal, and a fixture without its expectations, are problems of that call alone', async () => {
  const broken = await copyOf('recorded-corrects', 'broken', 'journal.jsonl', '"v":2', '"v":9')
  expect(broken).toMatchObject({
    report: undefined,
    problems: ['journal line 1 is of version 9; this server reads version 2'],
  })
  expect(resultInWords(broken)).toMatch(/^DIFFERS {2}broken\n {2}journal line 1/)
  await rm(join(folder, 'expects', 'expect.json'))
  const [call] = await findCalls(join(folder, 'expects'))
  if (!call) throw new Error('there is no call')
  expect((await resultOf(call, options)).problems[0]).toMatch(/expect\.json: it cannot be read/)
  expect((await resultOf(call, { ...options, expects: false })).problems).toEqual([])
})

test('what is expected is checked where it is read', async () => {
  const file = join(folder, 'expect.json')
  await writeFile(file, '{"callerSaid":[],"callerHeard":[],"tools":[],"interruptions":-1,"outcome":"hang-up"}')
  await expect(readExpectation(file)).rejects.toThrow(
    /expect\.json: not what a call is expected to come to:\n {2}interruptions/,
  )
})

test('a path without a call is refused in words', async () => {
  await expect(findCalls(join(folder, 'nothing'))).rejects.toThrow(/nothing: there is no such file or folder/)
  await expect(findCalls(join(FIXTURES_DIR, 'plain'))).rejects.toThrow(
    /plain: no call is in it; a call is a folder with a journal\.jsonl/,
  )
  expect(await findCalls(join(FIXTURES_DIR, 'recorded-tasks', 'journal.jsonl'))).toMatchObject([
    { name: 'recorded-tasks' },
  ])
})
