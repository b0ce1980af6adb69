import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ingest } from '../../src/knowledge/ingest-command.ts'
import { folderOf, NEVER } from './opened.ts'

async function command() {
  const data = await folderOf({ 'kept.txt': '' })
  return async (...args: readonly string[]): Promise<string> => {
    const lines: string[] = []
    const environment = { DATA_DIR: join(data, 'data'), DATABASE_URL: `sqlite:${join(data, 'one.sqlite')}` }
    await ingest(args, NEVER, { environment, print: line => void lines.push(line) })
    return lines.join('\n')
  }
}

test('the command says what it has read and how it is found, lists it, and forgets it', async () => {
  const run = await command()
  const folder = await folderOf({ 'a.md': '# Dogs\nDogs wait outside.', 'b.md': '' })
  expect(await run()).toMatch(/^Nothing was taken in yet\.\nTakes documents in/)
  const read = await run(folder, '--as', 'rules')
  expect(read).toContain('  b.md: is empty\nrules: 1 file read, 0 unchanged, 0 gone; 1 piece.')
  expect(read).toMatch(/npm run models -- sentences fetches it\): documents are found by their words alone\.$/)
  expect(await run()).toMatch(/^rules: 1 file in 1 piece, from .*, read at \d{4}-/)
  await expect(run('--remove', 'other')).rejects.toThrow('There is no "other". What was taken in: rules.')
  expect(await run('--remove', 'rules')).toBe('"rules" is forgotten.')
})

test.each([
  [['--nonsense'], "Unknown option '--nonsense'"],
  [['a', 'b'], 'Name one folder.'],
  [['a', '--remove', 'b'], 'Give a folder or --remove, not both.'],
  [['a', '--as', '../b'], '--as: a name is letters'],
  [['/nowhere/at/all'], 'ENOENT'],
])('%j is told in words', async (args, why) => {
  await expect((await command())(...args)).rejects.toThrow(why)
})
