import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findCalls } from '../../src/replay/call-folder.ts'
import { resultOf } from '../../src/replay/results.ts'

const DOCS = new URL('../../docs/testing.md', import.meta.url)

/** A block of the page as a file: its first line has the name. Packages are those of this project. */
function filesIn(page: string): ReadonlyMap<string, string> {
  const blocks = [...page.matchAll(/^```ts\n\/\/ (\S+)\n(.*?)^```$/gms)]
  const found = (specifier: string): string => import.meta.resolve(specifier)
  return new Map(
    blocks.map(([, name = '', text = '']) => [
      name,
      text.replace(/from '((?:partyline\/|zod)[^']*)'/g, (_, specifier) => `from '${found(specifier)}'`),
    ]),
  )
}

const run = (folder: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> =>
  new Promise(resolve => {
    // Without what tells the child that it is part of a run of tests, and without the keys of this machine.
    const { PATH, NODE_COMPILE_CACHE } = process.env
    const env = { PATH, ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }) }
    execFile(process.execPath, [...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: `${stdout}${stderr}` }),
    )
  })

test('the code of docs/testing.md runs as it stands, and its saved call replays exactly', async () => {
  const files = filesIn(await readFile(DOCS, 'utf8'))
  expect([...files.keys()]).toEqual(['pizza.ts', 'pizza.test.ts', 'callers.test.ts', 'saved.test.ts'])
  const folder = await mkdtemp(join(tmpdir(), 'docs-testing-'))
  try {
    for (const [name, text] of files) await writeFile(join(folder, name), text)
    const tests = await run(folder, ['--test', '--test-isolation=none', '--test-reporter=tap', '*.test.ts'])
    expect(tests.output).toContain('# pass 5')
    expect(tests.output).toContain('# fail 0')
    expect(await readdir(folder)).toContain('junit.xml')
    const [found] = await findCalls(join(folder, 'calls'))
    expect(found && (await resultOf(found, { expects: false, now: () => 0 })).problems).toEqual([])
  } finally {
    await rm(folder, { recursive: true })
  }
})
