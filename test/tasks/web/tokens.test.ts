import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readTokens } from '../../../src/tasks/web/tokens.ts'

async function read(text: string) {
  const folder = await mkdtemp(join(tmpdir(), 'tokens-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'tokens.json')
  await writeFile(path, text)
  return readTokens(path).catch((error: Error) => error.message.replaceAll(path, 'FILE').split('\n'))
}

test('tokens are read with their owners', async () => {
  const token = { token: 'a-long-secret-token', owner: '+15550001', zone: 'Asia/Tokyo' }
  expect(await read(JSON.stringify([token]))).toEqual([token])
})

test.each([
  ['{', ['FILE: is not JSON']],
  ['{}', ['FILE: the list: Invalid input: expected array, received object']],
  ['[{"token": "short", "owner": "me"}]', ['FILE: 0.token: must have 16 characters or more']],
  [
    '[{"token": "a-long-secret-token", "owner": "me", "zone": "Moon"}]',
    ['FILE: 0.zone: must be a time zone such as Europe/Berlin'],
  ],
  [
    '[{"token": "a-long-secret-token", "owner": "a"}, {"token": "a-long-secret-token", "owner": "b"}]',
    ['FILE: the list: has the same token twice'],
  ],
])('an invalid file is reported without its tokens: %s', async (text, messages) => {
  expect(await read(text)).toEqual(messages)
})

test('a missing file is reported', async () => {
  await expect(readTokens('/nowhere/tokens.json')).rejects.toThrow('/nowhere/tokens.json: cannot be read (ENOENT)')
})
