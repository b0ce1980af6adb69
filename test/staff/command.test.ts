import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { matches } from '../../src/pins/pin-hash.ts'
import { PASSWORD_COST } from '../../src/staff/sign-in/passwords.ts'

const COMMAND = new URL('../../src/staff/sign-in/command.ts', import.meta.url).pathname

async function run(typed: string, args: readonly string[] = []) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'pipe' })
  child.stdin.end(typed)
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise(resolve => child.once('exit', resolve)),
  ])
  return { out, err, code }
}

test('a password that is piped in comes out as lines for .env, which the settings take', async () => {
  const password = 'correct horse battery'
  const { out, code } = await run(`${password}\n`)
  expect([code, out.includes(password)]).toEqual([0, false])
  const lines = out
    .trim()
    .split('\n')
    .map(line => line.split('=', 2))
  const settings = readSettings(Object.fromEntries(lines))
  const hash = settings.STAFF_SUPERVISOR_PASSWORD
  expect(settings.STAFF_LISTENER_PASSWORD).toBe(hash)
  expect([await matches(password, hash, PASSWORD_COST), await matches('another', hash, PASSWORD_COST)]).toEqual([
    true,
    false,
  ])
})

test('a short password, and one on the command line, are refused with a sentence', async () => {
  const short = await run('eleven char')
  expect([short.code, short.out, short.err]).toEqual([1, '', 'A password needs 12 characters or more.\n'])
  const typed = await run('', ['correct horse battery'])
  expect([typed.code, typed.out]).toEqual([1, ''])
  expect(typed.err).toContain('asks for the password; or pipe one line in')
})
