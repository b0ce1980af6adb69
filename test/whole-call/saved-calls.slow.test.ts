import { expect, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { misses, rung, saved } from './saved-calls.ts'

test.each([
  ...[
    { name: 'plain', seed: 1 },
    { name: 'thinks-aloud', seed: 2 },
    { name: 'backchannels', seed: 3 },
  ],
  ...[
    { name: 'corrects', seed: 4 },
    { name: 'bench-tools', seed: 5 },
    { name: 'bench-hesitant', seed: 6 },
  ],
])('the call "$name" is saved as a fixture, and comes to the same when it is rung again', async ({ name, seed }) => {
  const script = await loadNamedFixture(name)
  const again = await saved(await rung(script, seed), script.from)
  const second = await rung(again, seed + 10)
  expect(misses(second, again.expect)).toEqual([])
  const { agentSays = [], answeredTurns } = script.expect
  expect(misses(second, { agentSays, answeredTurns })).toEqual([])
})
