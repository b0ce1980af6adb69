import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { pinsIn } from '../../src/pins/pins.ts'
import { readSecret } from '../../src/pins/read-secret.ts'
import { COMPILED } from '../compiled.ts'

const COMMAND = new URL('../../src/pins/command.ts', import.meta.url).pathname
const ANN = '+15551234567'

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function run(args: readonly string[], input: string, env: Record<string, string>) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...COMPILED, ...env }, stdio: 'pipe' })
  child.stdin.on('error', () => undefined).end(input)
  const [said, written] = [text(child.stderr), text(child.stdout)]
  const [code] = await once(child, 'close')
  return { code, said: await said, written: await written }
}

test('a PIN that is piped in is set, changed and removed, and never stored as text', async () => {
  const folder = await newFolder()
  const env = { DATA_DIR: folder }
  expect(await run([ANN], '1111\n', env)).toEqual({ code: 0, said: `${ANN} has its PIN now.\n`, written: '' })
  expect((await run([ANN], '4271', env)).code).toBe(0)
  const file = join(folder, 'partyline.sqlite')
  expect((await readFile(file)).includes('4271')).toBe(false)
  const database = await openDatabase(`sqlite:${file}`)
  onTestFinished(() => database.close())
  const pins = await pinsIn(database)
  const at = new Date()
  const tried = async (pin: string) => (await pins.check(ANN, { kind: 'telephone' }, pin, at)).kind
  expect([await tried('4271'), await tried('1111'), await tried('1111'), await tried('1111')]).toEqual([
    'right',
    'wrong',
    'wrong',
    'wrong',
  ])
  expect(await tried('4271')).toBe('locked')
  expect((await run([ANN, '--unlock'], '', env)).said).toBe(`${ANN} can try its PIN again.\n`)
  expect(await tried('4271')).toBe('right')
  expect((await run([ANN, '--unlock'], '', env)).said).toBe(`${ANN} has no wrong tries.\n`)
  expect((await run([ANN, '--remove'], '', env)).said).toBe(`${ANN} has no PIN any more.\n`)
  expect(await pins.has(ANN)).toBe(false)
  expect(await run([ANN, '--remove'], '', env)).toMatchObject({ code: 1, said: `${ANN} has no PIN.\n` })
})

test.each([
  ['no number', ['5551234567'], '', /"5551234567" is not a phone number like \+15551234567/],
  ['a PIN on the command line', [ANN, '4271'], '', /Give the number alone/],
  ['two tasks at once', [ANN, '--remove', '--unlock'], '', /Give one of --remove and --unlock/],
  ['an invalid PIN', [ANN], '12345678901\n', /A PIN is 4 to 8 digits; nothing was changed/],
])('%s is refused with a sentence that says what to do', async (_, args, input, said) => {
  const ran = await run(args, input, { DATA_DIR: '/nowhere/at/all' })
  expect(ran).toMatchObject({ code: 1, said: expect.stringMatching(said) })
  expect(ran.said).not.toMatch(/4271|1234567890| at .*\.ts/)
})

test('an invalid database URL is reported without its password', async () => {
  const ran = await run([ANN], '4271\n', { DATABASE_URL: 'mysql://me:secret@host/db' })
  expect(ran).toMatchObject({ code: 1, said: expect.stringMatching(/DATABASE_URL: must be sqlite:FILE or postgres/) })
  expect(ran.said).not.toContain('secret')
})

function terminal() {
  const shown: string[] = []
  const setRawMode = (on: boolean): void => void shown.push(on ? 'echo off' : 'echo on')
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode })
  return { input, shown, read: readSecret('PIN: ', input, text => shown.push(text)) }
}

test('at a terminal a PIN is typed without echo, and backspace deletes', async () => {
  const { input, shown, read } = terminal()
  for (const keys of ['4', '28', '\u007f', '71', '\r']) input.write(keys)
  expect(await read).toBe('4271')
  expect(shown).toEqual(['echo off', 'PIN: ', 'echo on', '\n'])
  expect(input.listenerCount('data')).toBe(0)
})

test.each(['\u0003', '\u0004'])('%j at a terminal cancels it and resets the terminal', async key => {
  const { input, shown, read } = terminal()
  input.write(`42${key}`)
  await expect(read).rejects.toThrow('cancelled')
  expect(shown.slice(-2)).toEqual(['echo on', '\n'])
})
