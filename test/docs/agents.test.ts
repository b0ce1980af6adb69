import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { loadAgents } from '../../src/agents/author/load-agents.ts'
import { readAgent } from '../../src/agents/author/read-agent.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The blocks of this kind in a document. */
async function blocksOf(document: string, kind: string): Promise<readonly string[]> {
  const text = await readFile(join(ROOT, document), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block)
}

test('the agents of the guide are agents', async () => {
  // In our own folder, where `partyline/agent` is found.
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, 'dist', 'guide-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const [pizza = ''] = await blocksOf('docs/agents.md', 'ts')
  const [clinic = ''] = await blocksOf('docs/agents.md', 'md')
  await writeFile(join(folder, 'pizza.ts'), pizza)
  await writeFile(join(folder, 'clinic.md'), clinic)
  const agents = await loadAgents(['.'], folder)
  expect(agents.map(({ definition }) => definition.name)).toEqual(['clinic', 'pizza'])
  const total = agents[1]?.definition.tools?.[0]
  const call = { callId: 'CA1', owner: 'A', language: 'en' }
  expect(total?.run({ items: [{ pizza: 'funghi', count: 2 }] }, call, new AbortController().signal)).toEqual({
    kind: 'say',
    words: 'That is 18 euros.',
    data: { euros: 18 },
  })
})

test('the hand-offs of the guide are hand-offs', async () => {
  const handOffs = (await blocksOf('docs/agents.md', 'ts')).find(block => block.startsWith('handOffs:'))
  const parts = { name: 'a', instructions: 'Be kind.', greeting: 'Hello.' }
  const read = new Function(`return { ${handOffs} }`) as () => object
  expect(readAgent({ ...parts, ...read() }, 'the guide').handOffs).toHaveLength(2)
})

test('the table of parts has each part of an agent, and no other', async () => {
  const text = await readFile(join(ROOT, 'docs/agents.md'), 'utf8')
  const table = /^\| part \| what it is \|$.*?^$/ms.exec(text)?.[0] ?? ''
  const named = [...table.matchAll(/^\| ([^|]+) \|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
    .toSorted()
  let parts: readonly string[] = []
  try {
    readAgent(Object.fromEntries([...named, 'noPart'].map(name => [name, undefined])), 'x')
  } catch (error) {
    parts = String(error)
      .split('\n')
      .filter(line => line.includes('no such part'))
  }
  // What is no part is told, and nothing that the table names is told beside it.
  expect(parts.join()).toMatch(/noPart: there is no such part/)
  for (const name of named) expect(parts.join()).not.toMatch(new RegExp(`\\b${name}\\b`))
  expect(named).toContain('limits')
})
