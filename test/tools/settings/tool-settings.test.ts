import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readToolSettings, ToolSettingsError, toolSettings } from '../../../src/tools/settings/tool-settings.ts'

const KEY = 'sk-very-secret-key'
const environment = { PATH: '/bin', HOME: '/home/me', API_KEY: KEY, EMPTY: '', SHELL: '/bin/sh' }

/** How a file refers to the environment. */
const from = (name: string): string => `\${${name}}`

function problemsOf(given: unknown): readonly string[] {
  try {
    toolSettings(given, environment, 'tools.json')
  } catch (error) {
    if (error instanceof ToolSettingsError) return error.problems
    throw error
  }
  return []
}

async function file(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const path = join(folder, 'tools.json')
  await writeFile(path, text)
  return path
}

test('servers, tools and agents are read, and what was left out has its default', async () => {
  const path = await file(
    JSON.stringify({
      servers: {
        notes: { command: 'notes-server', args: ['--root', `${from('HOME')}/notes`], env: { TOKEN: from('API_KEY') } },
        crm: { url: 'https://crm.example/mcp', headers: { authorization: `Bearer ${from('API_KEY')}` }, owner: 'meta' },
      },
      tools: { find: { cacheMs: 1_000 } },
      agents: { clerk: ['find'] },
    }),
  )
  const { servers, tools, agents } = await readToolSettings(path, environment)
  expect(servers[0]).toMatchObject({
    name: 'notes',
    kind: 'child',
    args: ['--root', '/home/me/notes'],
    env: { PATH: '/bin', HOME: '/home/me', TOKEN: KEY },
  })
  expect(Object.keys(servers[0]?.kind === 'child' ? servers[0].env : {})).toEqual(['PATH', 'HOME', 'TOKEN'])
  expect(servers[1]).toMatchObject({
    name: 'crm',
    kind: 'http',
    headers: { authorization: `Bearer ${KEY}` },
    owner: 'meta',
  })
  expect(tools.get('find')).toEqual({ limitMs: 5_000, cacheMs: 1_000, words: 'say' })
  expect(agents.get('clerk')).toEqual(['find'])
})

test('a tool may be named as its server names it, or as it is offered', () => {
  const given = {
    tools: { 'calendar.add': { confirm: { describe: 'calendar/get', ask: 'Add {words}?' } }, plain: { confirm: true } },
    agents: { clerk: ['calendar.add', 'calendar_get'] },
  }
  const { tools, agents } = toolSettings(given, environment, 'tools.json')
  expect(tools.get('calendar_add')?.confirm).toMatchObject({ describe: 'calendar_get' })
  expect(tools.get('plain')?.confirm).toBe(true)
  expect(agents.get('clerk')).toEqual(['calendar_add', 'calendar_get'])
})

test('empty settings are valid', () => {
  expect(problemsOf({})).toEqual([])
})

const confirm = (ask: string) => ({ tools: { drop: { confirm: { describe: 'look', ask } } } })

test.each([
  [[], /^tools\.json: the settings: /],
  [{ server: {} }, /^tools\.json: the settings: .*"server"/],
  [{ servers: { '1st': { command: 'a' } } }, /servers\.1st: a name has letters/],
  [{ servers: { a: {} } }, /servers\.a: must have either a command or a url/],
  [{ servers: { a: { command: 'x', url: 'http://x' } } }, /servers\.a: must have either/],
  [{ servers: { a: { url: 'ftp://x' } } }, /servers\.a\.url: must be a URL with http/],
  [{ servers: { a: { url: 'http://x', env: {} } } }, /servers\.a: args and env belong to a command/],
  [{ servers: { a: { command: 'x', headers: {} } } }, /servers\.a: headers belong to a url/],
  [{ servers: { a: { command: from('NOT_THERE') } } }, /servers\.a\.command: the environment has no NOT_THERE$/],
  [
    { servers: { a: { command: 'x', args: ['y', from('EMPTY')] } } },
    /servers\.a\.args\.1: the environment has no EMPTY$/,
  ],
  [{ servers: { a: { command: from('not a name') } } }, /must hold a variable’s name/],
  [{ tools: { 'a b': {} } }, /tools\.a b: a tool’s name has/],
  [{ tools: { a: { confirm: 'yes' } } }, /tools\.a\.confirm: must be true, false, or \{ "describe": …, "ask": … \}$/],
  [{ tools: { a: { confirm: { describe: 'look' } } } }, /tools\.a\.confirm\.ask: is missing$/],
  [{ tools: { a: { confirm: { ask: 'Delete {words}?' } } } }, /tools\.a\.confirm\.describe: is missing$/],
  [{ tools: { a: { confirm: { describe: 'look', asks: 'Delete {words}?' } } } }, /confirm\.ask: is missing; .*"asks"$/],
  [{ tools: { a: { limitMs: 8_000 } } }, /tools\.a\.limitMs: /],
  [{ tools: { a: { limit: 8 } } }, /tools\.a: .*"limit"/],
  [{ tools: { a: { words: 'all' } } }, /tools\.a\.words: /],
  [{ agents: { a: 'list_tasks' } }, /agents\.a: /],
  [confirm('{words}?'), /tools\.drop\.confirm\.ask: must begin with its verb/],
  [confirm('Delete {words}'), /tools\.drop\.confirm\.ask: must begin with its verb/],
  [confirm('Delete it?'), /tools\.drop\.confirm\.ask: must begin with its verb/],
  [confirm('Delete {words} or {words}?'), /tools\.drop\.confirm\.ask: must begin with its verb/],
])('a mistake is reported in one line, with its place: %j', (given, line) => {
  const problems = problemsOf(given)
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(line)
  expect(problems[0]).not.toContain('\n')
})

test('all mistakes are reported at once, without secrets', () => {
  const given = {
    servers: { a: { url: from('API_KEY'), owner: from('API_KEY') }, b: { command: from('NOT_THERE'), env: 7 } },
    tools: 7,
  }
  const problems = problemsOf(given)
  expect(problems.length).toBeGreaterThanOrEqual(4)
  expect(problems.join()).not.toContain(KEY)
})

test('a file that is not JSON is refused without being quoted', async () => {
  const reading = readToolSettings(await file(`{"servers": {"a": ${KEY}}}`), environment)
  await expect(reading).rejects.toThrow(/tools\.json: is not JSON/)
  await expect(reading).rejects.not.toThrow(KEY)
})

test('a missing file is named', async () => {
  await expect(readToolSettings('/no/such/tools.json', environment)).rejects.toThrow(
    '/no/such/tools.json: cannot be read (ENOENT)',
  )
})

const builtIn = {
  settings: {
    tools: {
      add: { filler: 'Adding.', onceMs: 60_000 },
      drop: { confirm: { describe: 'look', words: 'task.said', ask: 'Drop {words}?' } },
    },
    agents: { clerk: ['add', 'drop'] },
  },
  servers: ['desk'],
  agents: ['clerk', 'guard'],
}

test('a file overrides the built-in settings of a tool one by one', () => {
  const given = { tools: { add: { filler: 'Noting it.' }, drop: { limitMs: 4_000 }, find: {} } }
  const { tools, agents } = toolSettings(given, environment, 'tools.json', builtIn)
  const { confirm } = builtIn.settings.tools.drop
  expect(tools.get('add')).toEqual({ filler: 'Noting it.', onceMs: 60_000, limitMs: 5_000, words: 'say' })
  expect(tools.get('drop')).toEqual({ confirm, limitMs: 4_000, words: 'say' })
  expect(tools.get('find')).toEqual({ limitMs: 5_000, words: 'say' })
  expect(agents.get('clerk')).toEqual(['add', 'drop'])
  const other = { agents: { clerk: ['find'] }, tools: { drop: { confirm: false } } }
  const changed = toolSettings(other, environment, 'tools.json', builtIn)
  expect(changed.agents.get('clerk')).toEqual(['find'])
  expect(changed.tools.get('drop')?.confirm).toBe(false)
})

test('unknown agents and servers are refused, and the known ones are named', () => {
  const given = {
    servers: { crm: { command: 'x' }, desk: { command: 'x' } },
    agents: { clrek: ['add'], guard: [] },
    tools: { add: { server: 'desk' }, find: { server: 'crm' }, drop: { server: 'dsek' } },
  }
  expect(() => toolSettings(given, environment, 'tools.json', builtIn)).toThrow(
    new ToolSettingsError([
      'tools.json: agents.clrek: there is no such agent; there is clerk, guard',
      'tools.json: tools.drop.server: dsek: there is no such server; there is desk, crm, desk',
      'tools.json: servers.desk: is the name of a server that is built in',
    ]),
  )
})

test('filled-in values and headers are secret, with and without their scheme; PATH and HOME are not', () => {
  const { servers } = toolSettings(
    {
      servers: {
        a: { command: 'x', args: [from('HOME')], env: { KEY: from('API_KEY'), PLACE: from('HOME') } },
        b: { url: 'http://x', headers: { authorization: 'Bearer written-out' } },
      },
    },
    environment,
    'tools.json',
  )
  expect(servers[0]?.secrets).toContain(KEY)
  expect(servers[0]?.secrets).not.toContain('/home/me')
  expect(servers[1]?.secrets).toEqual(expect.arrayContaining(['Bearer written-out', 'written-out']))
})
