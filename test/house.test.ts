import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = new URL('../src/', import.meta.url).pathname
const TEST_ROOT = new URL('.', import.meta.url).pathname
const ADAPTERS = [
  'channels',
  'providers',
  'tools',
  'journal',
  'operations',
  'agents',
  'tasks',
  'pins',
  'companions',
  'sight',
  'memory',
]
/** The agents that come with Partyline are written as everybody's are, outside of src. */
const BUILT_IN_AGENTS = '..'
/** What a folder, or a file at the top of src, may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[] | 'all'>> = {
  conversation: [],
  languages: ['conversation'],
  audio: [],
  'turn-end': [],
  web: [],
  livekit: ['clock.ts', 'config.ts', 'conversation', 'failure-reason.ts', 'settings'],
  replay: ['conversation', 'audio', 'clock.ts', 'errors.ts', 'journal', 'languages', 'private-files.ts', 'sandbox'],
  'replay.ts': 'all',
  command: 'all',
  compare: 'all',
  package: 'all',
  'what-if': 'all',
  testing: 'all',
  'own-pages': [],
  development: 'all',
  console: 'all',
  migrate: 'all',
  backup: ['clock.ts', 'config.ts', 'env-file.ts', 'failure-reason.ts', 'private-files.ts', 'settings'],
  flite: ['audio', 'conversation', 'jobs'],
  sandbox: [
    ...['jobs', 'flite', 'audio', 'clock.ts', 'errors.ts', 'failure-reason.ts', 'network.ts', 'conversation'],
    ...['journal', 'languages'],
  ],
  'main.ts': 'all',
  'partyline.ts': 'all',
  'purges.ts': 'all',
  jobs: ['conversation'],
  knowledge: [
    ...['conversation', 'database', 'jobs', 'models', 'network.ts', 'providers', 'settings', 'clock.ts', 'env-file.ts'],
    ...['errors.ts', 'failure-reason.ts'],
  ],
  models: ['clock.ts', 'conversation', 'env-file.ts', 'failure-reason.ts', 'network.ts', 'settings', 'start-error.ts'],
  'browser-settings.ts': 'all',
  'phrases.ts': ['chosen', 'config.ts', 'conversation', 'providers'],
  'answer.ts': 'all',
  'agent-tools.ts': 'all',
  translation: ['channels', 'conversation', 'languages'],
  'demo.ts': 'all',
  'call.ts': 'all',
  staff: [
    ...['conversation', 'audio', 'records', 'database', 'pins', 'operations', 'channels', 'config.ts', 'network.ts'],
    'own-pages',
  ],
  talk: ['conversation', 'sandbox', 'terminal'],
  terminal: ['audio', 'conversation', 'journal', 'languages'],
  'open-providers.ts': 'all',
  'policy.ts': ['agents', 'conversation', 'config.ts'],
  'server.ts': 'all',
  'stand-ins.ts': ['chosen', 'config.ts', 'failure-reason.ts', 'providers', 'sandbox', 'start-error.ts'],
  'start-error.ts': ['failure-reason.ts'],
  'failure-reason.ts': [],
  'env-file.ts': ['start-error.ts'],
  'health-check': ['clock.ts', 'conversation', 'env-file.ts', 'failure-reason.ts', 'network.ts'],
  'tasks-routes.ts': 'all',
  'page.ts': [],
  'network.ts': [],
  'private-files.ts': [],
  'clock.ts': ['conversation'],
  settings: [],
  'config.ts': ['chosen', 'conversation', 'errors.ts', 'settings'],
  chosen: ['clock.ts', 'env-file.ts', 'errors.ts', 'network.ts', 'providers', 'settings', 'start-error.ts'],
  'errors.ts': [],
  ...Object.fromEntries(
    ADAPTERS.map(folder => [folder, ['conversation', 'audio', 'errors.ts', 'clock.ts', 'config.ts', 'own-pages']]),
  ),
  channels: ['conversation', 'audio', 'errors.ts', 'clock.ts', 'config.ts', 'jobs', 'own-pages'],
  costs: ['conversation'],
  spending: 'all',
  doctor: 'all',
  metrics: ['conversation', 'costs', 'journal', 'records', 'config.ts', 'providers'],
  records: ['conversation', 'costs', 'journal', 'database', 'private-files.ts', 'network.ts', 'config.ts', 'providers'],
  database: ['clock.ts', 'conversation', 'failure-reason.ts', 'jobs', 'private-files.ts'],
  journal: ['conversation', 'audio', 'errors.ts', 'clock.ts', 'config.ts', 'database', 'private-files.ts'],
  operations: ['conversation', 'clock.ts', 'config.ts', 'errors.ts', 'failure-reason.ts'],
  providers: [
    'flite',
    'jobs',
    'models',
    'conversation',
    'audio',
    'clock.ts',
    'env-file.ts',
    'errors.ts',
    'network.ts',
    'private-files.ts',
  ],
  contract: ['conversation', 'errors.ts', 'providers', 'sandbox'],
  companions: ['conversation', 'database'],
  agents: ['conversation', 'languages', 'tools', BUILT_IN_AGENTS],
  flows: ['agents', 'conversation', 'languages', 'tasks'],
  traces: ['config.ts', 'conversation', 'start-error.ts'],
  quality: ['audio', 'channels', 'conversation'],
  sight: ['jobs', 'conversation'],
  memory: ['conversation', 'database'],
  tasks: ['conversation', 'errors.ts', 'clock.ts', 'database', 'own-pages'],
  pace: ['conversation'],
  pins: ['conversation', 'errors.ts', 'clock.ts', 'database', 'env-file.ts', 'own-pages', 'settings'],
}
const MAY_ASK_THE_MACHINE = /^(?:clock\.ts|main\.ts|sandbox\/|web\/)/
const MACHINE = /\b(?:Date\.now|setTimeout|setInterval|Math\.random|performance\.now)\(/
const MOST_LINES = 300
const MOST_FILES = 25
/** What a room inside a folder may import of that folder's other rooms. A room that is not named here may import all. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'conversation/turn': [],
  'conversation/reply': ['conversation/turn', 'conversation/summary'],
  'conversation/secret': ['conversation/turn', 'conversation/reply'],
  'tasks/dates': [],
  'tasks/store': ['tasks/dates'],
  'sandbox/openai': ['sandbox/openai/fitting', 'sandbox/openai/interpreter'],
}

interface Source {
  /** From src, with forward slashes. */
  readonly path: string
  readonly text: string
}
interface Arrow {
  readonly path: string
  readonly specifier: string
  readonly line: string
  readonly isType: boolean
}

const sources: readonly Source[] = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter(path => /\.tsx?$/.test(path))
  .map(path => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

const IMPORT =
  /^(?:import|export)\b[^'"]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
const arrows: readonly Arrow[] = sources.flatMap(({ path, text }) =>
  [...text.matchAll(IMPORT)].map(([line, ...found]) => ({
    path,
    specifier: found.find(some => some !== undefined) ?? '',
    line,
    isType: line.startsWith('import type'),
  })),
)
const inside = ({ specifier }: Arrow): boolean => specifier.startsWith('.')
/** The folder, or the file at the top of src, that a path belongs to. */
const partOf = (path: string): string => path.split('/')[0] ?? path
const targetOf = ({ path, specifier }: Arrow): string => relative(ROOT, join(ROOT, dirname(path), specifier))
const isBuiltInAgent = (arrow: Arrow): boolean =>
  arrow.path === 'agents/built-in.ts' && targetOf(arrow).startsWith('../agents/')
const isPackage = (arrow: Arrow): boolean => targetOf(arrow) === '../package.json'
const told = (arrow: Arrow): string => `${arrow.path} → ${inside(arrow) ? targetOf(arrow) : arrow.specifier}`

test('the rules see the sources and their imports', () => {
  expect(sources.map(({ path }) => path)).toContain('conversation/turn/step.ts')
  expect(arrows.map(told)).toContain('conversation/turn/step.ts → conversation/turn/utterance.ts')
  expect(arrows.map(told)).toContain('clock.ts → conversation/ports.ts')
})

test('every folder of src has its rule', () => {
  expect(sources.map(({ path }) => partOf(path)).filter(part => MAY_IMPORT[part] === undefined)).toEqual([])
})

test('arrows run one way, and adapters never import each other', () => {
  const wrong = arrows.filter(inside).filter(arrow => {
    const from = partOf(arrow.path)
    const to = partOf(targetOf(arrow))
    const allowed = MAY_IMPORT[from] ?? []
    return to !== from && allowed !== 'all' && !allowed.includes(to)
  })
  expect(wrong.map(told)).toEqual([])
})

test('adapters take no more than types from the settings', () => {
  const taking = arrows.filter(inside).filter(arrow => targetOf(arrow) === 'config.ts')
  const wrong = taking.filter(arrow => !arrow.isType && ADAPTERS.includes(partOf(arrow.path)))
  expect(wrong.map(told)).toEqual([])
})

test('the tasks take no more than types from the conversation, and nobody but the server takes from the tasks', () => {
  const isWrong = (arrow: Arrow): boolean =>
    partOf(arrow.path) === 'tasks'
      ? partOf(targetOf(arrow)) === 'conversation' && !arrow.isType
      : partOf(targetOf(arrow)) === 'tasks' &&
        ![
          'main.ts',
          'partyline.ts',
          'purges.ts',
          'tasks-routes.ts',
          'agent-tools.ts',
          'demo.ts',
          'migrate/tables.ts',
          'migrate/open-stores.ts',
          'what-if/parts.ts',
          'console/console.ts',
          // Dates in words are the same for whoever asks for one.
          'flows/reading/when.ts',
        ].includes(arrow.path)
  expect(arrows.filter(inside).filter(isWrong).map(told)).toEqual([])
})

test('a language takes no more than types from the conversation', () => {
  const wrong = arrows
    .filter(inside)
    .filter(arrow => partOf(arrow.path) === 'languages' && partOf(targetOf(arrow)) !== 'languages' && !arrow.isType)
  expect(wrong.map(told)).toEqual([])
})

test('the conversation matches no words of its own: they come with the language', () => {
  const wordsInPattern = /[a-z]{3,}\|[a-z(]|\|[a-z]{3,}/
  const wrong = sources
    .filter(({ path }) => partOf(path) === 'conversation')
    .flatMap(({ path, text }) => (wordsInPattern.test(text) ? [path] : []))
  expect(wrong).toEqual([])
  expect(wordsInPattern.test(/^(?:yes|no)$/.source)).toBe(true)
})

test('rooms inside a folder import one way, and what runs needs no training', () => {
  const roomOf = (path: string): string => dirname(path)
  const wrong = arrows.filter(inside).filter(arrow => {
    const [from, to] = [roomOf(arrow.path), roomOf(targetOf(arrow))]
    if (to === 'turn-end/training') return from !== to
    const isRoom = partOf(from) === partOf(to) && from !== to && to.includes('/')
    return isRoom && ROOMS[from] !== undefined && !ROOMS[from].includes(to)
  })
  expect(wrong.map(told)).toEqual([])
})

test('the conversation imports nothing outside itself, neither packages nor node', () => {
  const wrong = arrows.filter(arrow => partOf(arrow.path) === 'conversation' && !inside(arrow))
  expect(wrong.map(told)).toEqual([])
})

test('nobody imports main, and no import leaves src', () => {
  const wrong = arrows
    .filter(inside)
    .filter(
      arrow =>
        targetOf(arrow) === 'main.ts' ||
        (targetOf(arrow).startsWith('..') && !isPackage(arrow) && !isBuiltInAgent(arrow)),
    )
  expect(wrong.map(told)).toEqual([])
})

test('no folders import each other in a circle', () => {
  const edges = new Map<string, Set<string>>()
  for (const arrow of arrows.filter(inside)) {
    const from = partOf(arrow.path)
    const to = partOf(targetOf(arrow))
    if (from !== to) edges.set(from, (edges.get(from) ?? new Set()).add(to))
  }
  function reach(from: string, seen: Set<string>): Set<string> {
    for (const to of edges.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to))
    return seen
  }
  expect([...edges.keys()].filter(part => reach(part, new Set()).has(part))).toEqual([])
})

test('time and chance come from the machine in few places only', () => {
  const wrong = sources.flatMap(({ path, text }) =>
    MAY_ASK_THE_MACHINE.test(path)
      ? []
      : text.split('\n').flatMap((line, index) => (MACHINE.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
  expect(wrong).toEqual([])
})

test(`no file of src is longer than ${MOST_LINES} lines`, () => {
  const lines = ({ text }: Source): number => text.trimEnd().split('\n').length
  expect(
    sources.filter(source => lines(source) > MOST_LINES).map(source => `${source.path}: ${lines(source)}`),
  ).toEqual([])
})

test(`no folder of src or test has more than ${MOST_FILES} files`, () => {
  const counts = new Map<string, number>()
  for (const top of [ROOT, TEST_ROOT]) {
    // What the end-to-end tests have drawn is no part of it.
    for (const entry of readdirSync(top, { recursive: true, withFileTypes: true }))
      if (entry.isFile() && !entry.parentPath.endsWith('e2e/pictures'))
        counts.set(entry.parentPath, (counts.get(entry.parentPath) ?? 0) + 1)
  }
  expect([...counts].filter(([, count]) => count > MOST_FILES)).toEqual([])
})

test('no package runs a script when it is installed (docs/dependencies.md says how that is done)', () => {
  const { packages }: { packages: Record<string, { hasInstallScript?: boolean }> } = JSON.parse(
    readFileSync(join(ROOT, '../package-lock.json'), 'utf8'),
  )
  expect(Object.keys(packages)).toContain('node_modules/fastify')
  expect(Object.keys(packages).filter(path => packages[path]?.hasInstallScript)).toEqual([])
})
