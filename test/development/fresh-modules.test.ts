import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const FRESH = new URL('../../src/development/fresh-modules.ts', import.meta.url).href

test('what agents share is loaded anew with them, and packages are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline modules #1 '))
  onTestFinished(() => rm(folder, { recursive: true }))
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await write('package.json', '{ "type": "module" }')
  await write(
    'agents/pizza.ts',
    "import { menu } from '../shared/menu.ts'\nimport loads from 'counted'\nexport default { menu, loads }",
  )
  await write(
    'shared/menu.ts',
    "import data from './menu.json' with { type: 'json' }\nexport const menu: string = data.first",
  )
  await write('shared/menu.json', '{ "first": "margherita" }')
  await write('node_modules/counted/package.json', '{ "type": "module", "exports": "./index.js" }')
  await write(
    'node_modules/counted/index.js',
    'globalThis.loads = (globalThis.loads ?? 0) + 1\nexport default globalThis.loads',
  )
  // In a process of its own, as a test runner loads modules in its own way.
  await write(
    'main.ts',
    `import { writeFileSync } from 'node:fs'
import { freshModules } from ${JSON.stringify(FRESH)}
const modules = freshModules()
const pizza = ${JSON.stringify(pathToFileURL(join(folder, 'agents/pizza.ts')).href)}
const load = async (version: string) => (await import(pizza + version)).default
const first = await load('')
writeFileSync('shared/menu.json', '{ "first": "funghi" }')
const second = await load('?v=1')
console.log(JSON.stringify({ first, second, files: modules.files().map(file => file.slice(process.cwd().length + 1)) }))`,
  )
  const { stdout } = await promisify(execFile)(process.execPath, ['main.ts'], { cwd: folder })
  expect(JSON.parse(stdout)).toEqual({
    first: { menu: 'margherita', loads: 1 },
    second: { menu: 'funghi', loads: 1 },
    files: [join('agents', 'pizza.ts'), join('shared', 'menu.ts'), join('shared', 'menu.json')],
  })
})
