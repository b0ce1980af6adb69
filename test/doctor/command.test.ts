import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const COMMAND = new URL('../../src/command/partyline.ts', import.meta.url).pathname
const run = promisify(execFile)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** What the command wrote, and its exit code. */
async function doctor(env: Record<string, string>, ...args: readonly string[]) {
  const all = { PATH: process.env.PATH ?? '', DATA_DIR: folder, ...env }
  return run(process.execPath, [COMMAND, 'doctor', ...args], { env: all, cwd: folder }).then(
    ({ stdout, stderr }) => ({ code: 0, lines: stdout.trim().split('\n'), stderr }),
    ({ code, stdout, stderr }) => ({ code, lines: stdout.trim().split('\n'), stderr }),
  )
}

test('a laptop without keys is well: each thing has its line, and the exit code is 0', async () => {
  const { code, lines } = await doctor({})
  expect(lines.map((line: string) => line.slice(0, line.indexOf(':')))).toEqual([
    ...['ok     Node', 'ok     settings', 'ok     disk', expect.stringMatching(/^(?:ok|note) +database$/)],
    ...['note   Deepgram', 'note   OpenAI', 'note   Cartesia', 'note   Gemini', 'note   local ears'],
    ...[
      'note   PUBLIC_URL',
      expect.stringMatching(/^(?:ok|note) +LiveKit$/),
      'note   Twilio',
      expect.stringMatching(/^(?:ok|note) +clock$/),
    ],
  ])
  expect(code).toBe(0)
})

test('wrong settings have a line each and the exit code 1, and no secret is shown', async () => {
  const { code, lines, stderr } = await doctor({ NODE_ENV: 'production', OPENAI_API_KEY: 'sk-secret', PORT: 'many' })
  expect(code).toBe(1)
  expect(lines).toContainEqual(expect.stringMatching(/^WRONG {2}settings: PORT: must be a whole number/))
  expect(lines).toContainEqual(expect.stringMatching(/^WRONG {2}settings: TWILIO_AUTH_TOKEN: is missing/))
  expect(lines.join() + stderr).not.toContain('sk-secret')
})

test('a service that cannot be reached is a line, and the exit code 1', async () => {
  const { code, lines } = await doctor({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' })
  expect(lines).toContainEqual(expect.stringMatching(/^WRONG {2}OpenAI: .*is OPENAI_BASE_URL right/))
  expect(code).toBe(1)
})

test('a command that makes no sense has the exit code 2', async () => {
  const { code, stderr } = await doctor({}, '--mend')
  expect([code, stderr]).toEqual([2, expect.stringContaining('--mend')])
})
