import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFliteProgram } from '../../src/flite/flite-program.ts'

const ARGS = ['-t', 'Hi.', '-voice', 'kal', '-psdur']

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterEach(() => rm(folder, { recursive: true }))

const keptFile = async () => join(folder, (await readdir(folder))[0] ?? '')

test('what a run gave is kept, and is there for the next process', async () => {
  const output = openFliteProgram(folder)(ARGS)
  expect(output.printed).toMatch(/^pau:/)
  expect(deserialize(await readFile(await keptFile()))).toEqual(output)
  await writeFile(await keptFile(), serialize({ ...output, printed: 'from the file' }))
  expect(openFliteProgram(folder)(ARGS).printed).toBe('from the file')
})

test('other arguments are another run', async () => {
  const run = openFliteProgram(folder)
  expect(run([...ARGS.slice(0, 3), 'slt', '-psdur']).wav.length).not.toBe(run(ARGS).wav.length)
  expect(await readdir(folder)).toHaveLength(2)
})

test.each([
  ['cut', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ['empty', () => Buffer.alloc(0)],
  ['something else', () => serialize({ wav: 'no', printed: 7 })],
])('a kept file that is %s is made anew', async (_, damage) => {
  const output = openFliteProgram(folder)(ARGS)
  const file = await keptFile()
  await writeFile(file, damage(await readFile(file)))
  expect(openFliteProgram(folder)(ARGS)).toEqual(output)
  expect(deserialize(await readFile(file))).toEqual(output)
})

test('where nothing can be kept it speaks all the same', async () => {
  const file = join(folder, 'no-folder')
  await writeFile(file, '')
  expect(openFliteProgram(file)(ARGS).wav.length).toBeGreaterThan(1_000)
})

test('what is long is not kept', async () => {
  openFliteProgram(folder)(['-t', 'one two three four five six seven eight. '.repeat(20), '-voice', 'kal', '-psdur'])
  expect(await readdir(folder)).toEqual([])
})
