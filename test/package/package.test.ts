import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { COMMAND_NAMES } from '../../src/command/names.ts'
import { withBuiltNames, withOwnCommand } from '../../src/package/emitted.ts'
import { packedManifest } from '../../src/package/manifest.ts'

const ROOT = join(import.meta.dirname, '../..')
/** What only a checkout has: a server tells its users of none of these. */
const OF_CHECKOUTS = ['page', 'fixtures', 'train:turns', 'build']

/** Without the texts of a new project, which has scripts of its own. */
const SOURCES = globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).filter(
  path => !path.startsWith(join('src', 'command', 'init')),
)

test('each export of a checkout is one of the package, in JavaScript and with its types', () => {
  const { exports, ...packed } = packedManifest(packageJson) as { readonly exports: Record<string, unknown> }
  expect(Object.keys(exports)).toEqual([...Object.keys(packageJson.exports), './package.json'])
  expect(exports['./agent']).toEqual({
    types: './src/agents/author/agent.d.ts',
    default: './src/agents/author/agent.js',
  })
  expect(JSON.stringify(packed)).not.toMatch(/\.ts"|devDependencies|scripts|node-linux/)
  expect(packed).toMatchObject({ bin: { partyline: './src/command/partyline.js' }, engines: { node: '>=22.18' } })
})

test('a module that is named for a thread or a process is named as it is built', () => {
  const code = `new Worker(new URL('./job.ts', import.meta.url))
const german = () => require('./german.ts')
// as in './job.ts'`
  expect(withBuiltNames('a.js', code)).toBe(`new Worker(new URL('./job.js', import.meta.url))
const german = () => require('./german.js')
// as in './job.ts'`)
  expect(withBuiltNames('a.d.ts', "import type { A } from './a.ts';\nlet b: import('../b.ts').B")).toBe(
    "import type { A } from './a.js';\nlet b: import('../b.js').B",
  )
  expect(() => withBuiltNames('a.js', "fork('./child.ts')")).toThrow(/a\.js: names a source.*child\.ts/)
})

test('users of the package are told of its own command', () => {
  const told = (text: string): string => withOwnCommand(text, COMMAND_NAMES)
  expect(told('npm run models fetches it; npm run call -- --text "Hi."')).toBe(
    'npx partyline models fetches it; npx partyline call --text "Hi."',
  )
  expect(told('Is npm start running? npm run page')).toBe('Is npx partyline start running? npm run page')
})

test('every npm script of which the code tells its users is a command of the package', () => {
  const told = SOURCES.flatMap(path =>
    [...readFileSync(join(ROOT, path), 'utf8').matchAll(/\bnpm run ([a-z:]+)/g)].map(([, name = '']) => name),
  )
  const strange = told.filter(name => !COMMAND_NAMES.has(name) && !OF_CHECKOUTS.includes(name))
  expect([...new Set(strange)]).toEqual([])
})

test('every name of a command that npm has too leads to the same code', () => {
  const scripts: Readonly<Record<string, string>> = packageJson.scripts
  for (const name of ['call', 'replay', 'doctor', 'cost', 'compare'])
    expect(scripts[name]).toBe(`node src/command/partyline.ts ${name}`)
  expect([...COMMAND_NAMES].filter(name => scripts[name] === undefined)).toEqual([])
})
