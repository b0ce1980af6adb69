import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadFixture, type Script } from '../../../src/sandbox/caller/fixture.ts'
import { saveFixture } from '../../../src/sandbox/caller/save-fixture.ts'
import { tone } from './sounds.ts'

const cue = { after: 'agent-stopped', ms: 600 } as const
const script: Script = {
  ...{ name: 'my-call', about: 'one word and a key', from: '+15550100042', voice: 'recorded' },
  utterances: [
    { kind: 'speech', say: 'Hi.', words: [{ text: 'Hi.', startMs: 60, endMs: 400 }], pcm: tone(500), cue },
    { kind: 'keys', press: '4', cue },
  ],
  hangUp: { ...cue, withStop: true },
  expect: { bargeIns: 0 },
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'fixture-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

test('what is saved can be loaded, and is the same', async () => {
  const where = await folder()
  const path = await saveFixture(script, where)
  expect(path).toBe(join(where, 'my-call.json'))
  expect(await loadFixture(path)).toEqual(script)
  expect((await readdir(where, { recursive: true })).toSorted()).toEqual([
    ...['my-call', 'my-call.json', join('my-call', '0.wav')],
  ])
})

test.each(['../out', 'a/b', 'a\\b', '', '.', 'My-Call', '-a', 'ä', 'a'.repeat(61), 'a.json', 'a b', 'a\0'])(
  'a fixture cannot be called %j, and nothing is written',
  async name => {
    const where = await folder()
    await expect(saveFixture({ ...script, name }, join(where, 'in'))).rejects.toThrow(
      'small letters, digits and hyphens',
    )
    expect(await readdir(where)).toEqual([])
  },
)

test('the name of a device is refused: such a file cannot be checked out everywhere', async () => {
  await expect(saveFixture({ ...script, name: 'con' }, await folder())).rejects.toThrow('device on Windows')
})

test('a name that is taken is refused, by a fixture, by its file alone, or by a recorded call; what is there stays', async () => {
  const where = await folder()
  await saveFixture(script, where)
  const before = await readFile(join(where, 'my-call.json'), 'utf8')
  await expect(saveFixture({ ...script, about: 'another' }, where)).rejects.toThrow('a fixture "my-call" already')
  expect(await readFile(join(where, 'my-call.json'), 'utf8')).toBe(before)
  await writeFile(join(where, 'alone.json'), '{}')
  await expect(saveFixture({ ...script, name: 'alone' }, where)).rejects.toThrow('a fixture "alone" already')
  expect(await readdir(where)).not.toContain('alone')
  await mkdir(join(where, 'recorded'))
  await expect(saveFixture({ ...script, name: 'recorded' }, where)).rejects.toThrow('a fixture "recorded" already')
})

test('of two that save the same name at once, one is refused and the other is whole', async () => {
  const where = await folder()
  const both = await Promise.allSettled([saveFixture(script, where), saveFixture(script, where)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await loadFixture(join(where, 'my-call.json'))).toEqual(script)
})

test('one that cannot be written leaves nothing behind', async () => {
  const where = await folder()
  // The name of its JSON file is a folder's.
  await mkdir(join(where, 'my-call.json'))
  await expect(saveFixture(script, where)).rejects.toThrow('already')
  expect(await readdir(where)).toEqual(['my-call.json'])
})
