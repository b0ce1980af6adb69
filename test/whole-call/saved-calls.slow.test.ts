import { expect, test } from 'vitest'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { misses, rung, saved } from './saved-calls.ts'

test.each(
  ['plain', 'thinks-aloud', 'backchannels', 'corrects', 'bench', 'bench-tools', 'bench-hesitant'].flatMap(name =>
    [1, 2, 3].map(seed => ({ name, seed })),
  ),
)(
  'the call "$name" is saved as a fixture, and comes to the same when it is rung again ($seed)',
  async ({ name, seed }) => {
    const script = await loadNamedFixture(name)
    const again = await saved(await rung(script, seed), script.from)
    const second = await rung(again, seed + 10)
    expect(misses(second, again.expect)).toEqual([])
    const { agentSays = [], answeredTurns } = script.expect
    expect(misses(second, { agentSays, answeredTurns })).toEqual([])
  },
)
