import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { loadAgents } from '../../src/agents/author/load-agents.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url))

test('each recipe is a folder that a server can be given', async () => {
  const names = async (folder: string) =>
    (await loadAgents([folder], EXAMPLES)).map(({ definition }) => definition.name).toSorted()
  expect(await names('telehealth')).toEqual(['telehealth'])
  expect(await names('call-centre')).toEqual(['billing', 'greeter', 'support'])
})
