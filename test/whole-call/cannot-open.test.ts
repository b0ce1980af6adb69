import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from './whole-calls.ts'

const LISTENER = `export const provider = {
  port: 'STT', title: 'Other ears', settings: {},
  open: () => ({ forCall({ language }) { throw new Error('it does not know ' + language) } }),
}`

let folder: string
let listener: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-plug-ins-'))
  listener = join(folder, 'ears.mjs')
  await writeFile(listener, LISTENER)
})
afterAll(() => rm(folder, { recursive: true }))

test('a call whose provider cannot be opened is sealed, and its place is free', async () => {
  const all = await openWholeCalls({ env: { STT: listener, MAX_CALLS: '1' } })
  const script = await loadNamedFixture('plain')
  const { lines } = await all.passing(all.ring(script, { seed: 1 }))
  expect(all.partyline.calls.live()).toBe(0)
  expect(lines.some(line => 'used' in line && line.used.kind === 'carrier-seconds')).toBe(true)
  expect(all.logged.join('')).toContain('it does not know en')
  await all.close()
})
