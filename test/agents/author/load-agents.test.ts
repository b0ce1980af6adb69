import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openAgents } from '../../../src/agents/agents.ts'
import { loadAgents } from '../../../src/agents/author/load-agents.ts'
import { AgentFileError } from '../../../src/agents/author/read-agent.ts'

/** A folder with these files. */
async function folderOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'party line-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'agents'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'agents', name), text)
  return folder
}

const code = (parts: object): string => `export default ${JSON.stringify(parts)}`
const PIZZA = { name: 'pizza', instructions: 'Sell pizza.', greeting: 'Pizza, hello.' }

async function wrongIn(
  files: Readonly<Record<string, string>>,
  places: readonly string[] = ['agents'],
): Promise<string> {
  const folder = await folderOf(files)
  try {
    await loadAgents(places, folder)
  } catch (error) {
    if (!(error instanceof AgentFileError)) throw error
    return error.message.replaceAll(`${folder}/`, '')
  }
  throw new Error('nothing was wrong')
}

test('a folder of agents is read, in TypeScript, JavaScript and Markdown, and what lies beside them is passed over', async () => {
  const folder = await folderOf({
    'pizza.ts': `const name: string = 'pizza'\nexport default { ...${JSON.stringify(PIZZA)}, name }`,
    'clinic.mjs': code({ ...PIZZA, name: 'clinic' }),
    'coach.md':
      '---\nname: coach\ngreeting: Hello, coach here.\nlimits:\n  answerTokens: 80\n---\nYou are a coach.\n\nBe kind.\n',
    'README.md': '# Agents\n',
    'menu.ts': 'export const MENU = []',
    'pizza.test.ts': 'throw new Error("a test is no agent")',
    '.hidden.ts': 'throw new Error("hidden")',
  })
  const agents = await loadAgents(['agents'], folder)
  expect(agents.map(({ definition }) => definition.name)).toEqual(['clinic', 'coach', 'pizza'])
  expect(agents[1]?.definition).toMatchObject({
    instructions: 'You are a coach.\n\nBe kind.',
    limits: { answerTokens: 80 },
  })
})

test.each([
  ['nothing there', {}, ['nowhere'], 'there is no file or folder nowhere'],
  ['an empty folder', {}, ['agents'], 'there is no agent in agents'],
  ['no export', { 'a.ts': 'export const x = 1' }, ['agents/a.ts'], 'agents/a.ts: exports no agent'],
  ['a syntax error', { 'a.ts': 'export default {' }, ['agents'], 'agents/a.ts: cannot be loaded'],
  ['one that throws', { 'a.ts': 'throw new Error("no key")' }, ['agents'], 'agents/a.ts: cannot be loaded: no key'],
  [
    'a misspelt part',
    { 'a.ts': code({ ...PIZZA, greting: 'x' }) },
    ['agents'],
    'agents/a.ts: greting: there is no such part of an agent',
  ],
  ['what is missing', { 'a.ts': code({ name: 'a' }) }, ['agents'], 'agents/a.ts: instructions: is missing'],
  [
    'a name with a space',
    { 'a.ts': code({ ...PIZZA, name: 'My Pizza' }) },
    ['agents'],
    'agents/a.ts: name: must have small letters',
  ],
  ['a greeting without words', { 'a.ts': code({ ...PIZZA, greeting: '…' }) }, ['agents'], 'greeting'],
  [
    'a wrong number',
    { 'a.ts': code({ ...PIZZA, numbers: ['030 123'] }) },
    ['agents'],
    'numbers.0: must be a number such as',
  ],
  ['a voice that is too fast', { 'a.ts': code({ ...PIZZA, voice: { speed: 2 } }) }, ['agents'], 'voice'],
  ['an unknown manner', { 'a.ts': code({ ...PIZZA, voice: { manner: 'wild' } }) }, ['agents'], 'voice'],
  [
    'a tool without parameters',
    { 'a.ts': code({ ...PIZZA, tools: [{ name: 'x', description: 'y', does: 'reads' }] }) },
    ['agents'],
    'tools.0.parameters: must be an object of zod 4',
  ],
  [
    'a hand-off that is there twice',
    {
      'a.ts': code({
        ...PIZZA,
        handOffs: [
          { to: 'b', when: 'x' },
          { to: 'b', when: 'y' },
        ],
      }),
    },
    ['agents'],
    'agents/a.ts: b is there twice',
  ],
  [
    'wrong settings of a tool',
    { 'a.ts': code({ ...PIZZA, mcpTools: { look: { limitMs: 'soon' } } }) },
    ['agents'],
    'mcpTools.look.limitMs',
  ],
  ['Markdown without parts', { 'a.md': '# Hello' }, ['agents/a.md'], 'must begin with the agent'],
  ['parts that are no YAML', { 'a.md': '---\nname: [\n---\nHello' }, ['agents'], 'its parts are not YAML (line'],
  [
    'a bomb of aliases',
    { 'a.md': '---\nname: &a [x, x]\ngreeting: [*a, *a]\n---\nHello' },
    ['agents'],
    'its parts are not YAML',
  ],
  ['another kind of file', { 'a.txt': 'x' }, ['agents/a.txt'], 'must end with .ts'],
  [
    'the same name twice',
    { 'a.ts': code(PIZZA), 'b.ts': code(PIZZA) },
    ['agents'],
    'agents/a.ts and agents/b.ts both have an agent of the name pizza',
  ],
])('it is told of %s', async (_what, files, places, told) => {
  expect(await wrongIn(files, places)).toContain(told)
})

test('how an agent speaks is its voice’s name, or more; a speed of 1 is the usual one', async () => {
  const voiceOf = async (voice: unknown) => {
    const { voice: name, delivery, expressive } = (await opened([{ ...PIZZA, voice }])).ofCall('pizza')[0]
    return [name, delivery, expressive]
  }
  expect(await voiceOf('deep')).toEqual(['deep', undefined, undefined])
  expect(await voiceOf({ name: 'deep', speed: 1 })).toEqual(['deep', undefined, undefined])
  expect(await voiceOf({ speed: 0.9, manner: 'calm', expressive: true })).toEqual([
    undefined,
    { speed: 0.9, manner: 'calm' },
    true,
  ])
})

test('all mistakes are told at once', async () => {
  const wrong = await wrongIn({ 'a.ts': code({ name: 'a', greeting: 3 }), 'b.ts': 'export default {' })
  expect(wrong.split('\n').map(line => line.split(':')[0])).toEqual(['agents/a.ts', 'agents/a.ts', 'agents/b.ts'])
})

test('a file that was changed is read again under another version', async () => {
  const folder = await folderOf({ 'pizza.ts': code(PIZZA) })
  const greeting = async (version: string) => (await loadAgents(['agents'], folder, version))[0]?.definition.greeting
  expect(await greeting('1')).toBe('Pizza, hello.')
  await writeFile(join(folder, 'agents', 'pizza.ts'), code({ ...PIZZA, greeting: 'Hello again.' }))
  expect(await greeting('1')).toBe('Pizza, hello.')
  expect(await greeting('2')).toBe('Hello again.')
})

const opened = async (
  agents: readonly object[],
  more: { AGENT?: string; LANGUAGES?: readonly ('en' | 'de' | 'es')[] } = {},
) => {
  const folder = await folderOf(Object.fromEntries(agents.map((parts, index) => [`${index}.ts`, code(parts)])))
  return openAgents({ LANGUAGES: ['en'], ...more, PARTYLINE_AGENTS: ['agents'] }, folder)
}
const named = (name: string, more: object = {}) => ({ ...PIZZA, name, ...more })

test('the only agent answers; of several AGENT names one, and a number has its own', async () => {
  expect((await opened([PIZZA])).first).toBe('pizza')
  await expect(opened([PIZZA, named('clinic')])).rejects.toThrow('AGENT must say which one answers: pizza, clinic')
  await expect(opened([PIZZA], { AGENT: 'clinic' })).rejects.toThrow('AGENT names clinic, but there is only pizza')
  const agents = await opened([PIZZA, named('clinic', { numbers: ['+4930123456'] })], { AGENT: 'pizza' })
  expect(agents.at({ number: '+4930123456' })).toBe('clinic')
  expect(agents.at({ number: '+4930999999' })).toBe('pizza')
  expect(agents.at({})).toBe('pizza')
  expect(agents.at({ number: '+4930999999', named: 'clinic' })).toBe('clinic')
  // Whom calls are only handed to cannot be asked for.
  const inside = await opened([PIZZA, named('internal'), named('open', { callable: true })], { AGENT: 'pizza' })
  expect(inside.at({ named: 'internal' })).toBe('pizza')
  expect(inside.at({ named: 'open' })).toBe('open')
  expect(agents.at({ named: 'nobody' })).toBe('pizza')
})

test('a call has the agents to whom it can come, in each language of the line', async () => {
  const german = { languages: { de: { greeting: 'Hallo.' } } }
  const agents = await opened(
    [
      named('greeter', { ...german, handOffs: [{ to: 'billing', when: 'it is about money' }] }),
      named('billing', { ...german, handOffs: [{ to: 'greeter', when: 'it is done' }], voice: 'deep' }),
      named('alone', german),
    ],
    { AGENT: 'greeter', LANGUAGES: ['en', 'de'] },
  )
  const of = (name: string) => agents.ofCall(name).map(({ name, language }) => `${name} ${language.code}`)
  expect(of('greeter')).toEqual(['greeter en', 'greeter de', 'billing en', 'billing de'])
  expect(of('alone')).toEqual(['alone en', 'alone de'])
  expect(of('nobody')).toEqual(of('greeter'))
  expect(agents.ofCall('billing')[0].voice).toBe('deep')
})

test.each([
  [[named('a', { handOffs: [{ to: 'b', when: 'x' }] })], 'the agent a cannot hand the call to b: there is a'],
  [[named('a', { handOffs: [{ to: 'a', when: 'x' }] })], 'the agent a cannot hand the call to a: that is itself'],
  [
    [named('a', { numbers: ['+4930123456'] }), named('b', { numbers: ['+4930123456'] })],
    'the number +4930123456 is answered by two agents',
  ],
])('what agents do not have together is told: %#', async (agents, told) => {
  await expect(opened(agents, { AGENT: 'a' })).rejects.toThrow(told)
})

test('an agent without words in a language of the line is told', async () => {
  await expect(opened([PIZZA], { LANGUAGES: ['en', 'de'] })).rejects.toThrow(
    'the agent pizza has no words in "de", which LANGUAGE names: add them as languages.de',
  )
})

test('a guard that gives calls to somebody reaches them, and one that names nobody is told', async () => {
  const folder = await folderOf({
    'a.ts': `export default { ...${JSON.stringify(named('a'))}, guards: [{ to: 'b', turn: () => undefined }] }`,
    'b.ts': code(named('b')),
  })
  const settings = { AGENT: 'a', LANGUAGES: ['en'] as const, PARTYLINE_AGENTS: ['agents'] }
  expect((await openAgents(settings, folder)).ofCall('a').map(({ name }) => name)).toEqual(['a', 'b'])
  await rm(join(folder, 'agents', 'b.ts'))
  await expect(openAgents(settings, folder)).rejects.toThrow('the agent a cannot hand the call to b')
})

test('a file that never ends to load is named', async () => {
  const folder = await folderOf({ 'slow.ts': `await new Promise(() => undefined)\n${code(PIZZA)}` })
  const controller = new AbortController()
  const loading = expect(loadAgents(['agents'], folder, '', controller.signal)).rejects.toThrow(/slow\.ts: .*too slow/)
  controller.abort(new Error('too slow'))
  await loading
})
