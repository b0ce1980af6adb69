import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { AgentsWithTools } from '../../src/agent-tools.ts'
import { systemClock } from '../../src/clock.ts'
import { reloadWhenSaved } from '../../src/development/reloading.ts'

test('what is saved is told, and so is what does not load, in one line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline reloading '))
  onTestFinished(() => rm(folder, { recursive: true }))
  const over = new AbortController()
  const lines: string[] = []
  const versions: string[] = []
  let why: Error | undefined
  const watching = reloadWhenSaved(
    {
      // Its waits are over at once, so that no time passes.
      clock: {
        ...systemClock,
        sleep: async (ms, signal) => (ms > 1_000 ? systemClock.sleep(ms, signal) : setImmediate()),
      },
      places: [folder],
      modules: { files: () => [] },
      async reload(version) {
        versions.push(version)
        if (why) throw why
        return { agents: [{ name: 'pizza' }, { name: 'pizza' }, { name: 'billing' }] } as unknown as AgentsWithTools
      },
      tell: line => lines.push(line),
    },
    over.signal,
  )
  const told = async (count: number): Promise<void> => {
    while (lines.length < count) await setImmediate()
  }
  // The first look is at what is there.
  for (let i = 0; i < 20; i++) await setImmediate()
  await writeFile(join(folder, 'pizza.ts'), 'one')
  await told(1)
  why = new Error('agents/pizza.ts: cannot be loaded:\n  Unexpected token')
  await writeFile(join(folder, 'pizza.ts'), 'one {')
  await told(2)
  over.abort(new Error('over'))
  await watching
  expect(lines).toEqual([
    'Saved, and in force with the next call: pizza, billing.',
    'Not in force, so the agents of before stay: agents/pizza.ts: cannot be loaded:; Unexpected token',
  ])
  expect(versions).toEqual(['1', '2'])
})
