import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { openMcpTools } from '../../../src/tools/mcp-tools.ts'
import { toolSettings } from '../../../src/tools/settings/tool-settings.ts'
import { Feed } from '../../server/feed.ts'
import { AGENT, OWNER, opened } from '../opened.ts'

const SERVER = new URL('child-server.ts', import.meta.url).pathname
const NAMES =
  'look write environment meta hang hang_reading die mute garbage big huge trace wrong_shape grandchild flood leak leak_data leak_error leak_description'.split(
    ' ',
  )

const openedChild = (server: object = {}, tools: object = {}) =>
  opened({
    servers: { child: { command: process.execPath, args: [SERVER], ...server } },
    tools: { environment: { words: 'text' }, ...tools },
    agents: { [AGENT]: NAMES },
  })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const pidIn = (words: string): number => Number(words.match(/\d+/)?.[0])

test('a child gets PATH, HOME and its configured environment; its standard error goes to the log', async () => {
  process.env.OUR_SECRET = 'not for children'
  const { tools, resultText, log } = await openedChild({ env: { TOKEN: 'token-of-the-child' } })
  const words = await resultText('environment')
  expect(words.match(/\w+(?==)/g)?.toSorted()).toEqual(['HOME', 'PATH', 'TOKEN'])
  expect(words).toContain('TOKEN=(hidden)')
  expect(log).toContainEqual({
    level: 'warn',
    fields: { server: 'child', pii: { text: 'the child has started (hidden)' } },
    message: 'tools: child writes to its standard error',
  })
  expect(tools.forAgent(AGENT).specs.map(({ name }) => name)).toEqual(NAMES)
  expect(log).toContainEqual({
    level: 'warn',
    fields: { server: 'child', detail: expect.stringContaining('bad_schema') },
    message: 'tools: child lists a tool that cannot be offered',
  })
})

test('the key goes with a change, and the owner only to a server that may know it', async () => {
  const stranger = await openedChild()
  const given = await stranger.resultText('meta', {}, { idempotencyKey: 'CA1:1-0-0' })
  expect(given).toMatch(/idempotencyKey.*CA1:1-0-0/)
  expect(given).not.toContain(OWNER)
  const trusted = await openedChild({ owner: 'meta' })
  expect(await trusted.resultText('meta')).toMatch(/partyline\/owner.*\+15550001/)
})

test('malformed answers do no harm, and the model gets no code, trace or garbage', async () => {
  const { resultText, log } = await openedChild()
  expect(await resultText('garbage')).toBe('Result of garbage: after the garbage')
  expect(log.filter(({ message }) => message.includes('not a message'))).toHaveLength(1)
  const words = await resultText('big')
  expect(words.length).toBeLessThanOrEqual(2_000)
  expect(words).toMatch(/no use\. \(The rest was cut\.\)$/)
  expect(await resultText('trace')).toBe(
    'Result of trace: not done. It did not work. Tell the caller so in plain words and offer something else. (Not to be said: its server answered "boom at run /srv/app/tool.js:3:7". If that is about the arguments, call it again with right ones.)',
  )
  expect(await resultText('wrong_shape')).toBe('Result of wrong_shape: seven')
  expect(log.at(-1)).toMatchObject({ message: 'only the text of a result fits', fields: { tool: 'wrong_shape' } })
})

test('a child that hangs or dies during a change is not asked to repeat it, and is started again', async () => {
  const { resultText, log } = await openedChild({}, { hang: { limitMs: 100 }, hang_reading: { limitMs: 100 } })
  expect(await resultText('hang')).toMatch(/^It is not known whether hang was done\. Do not try it again\./)
  expect(await resultText('hang_reading')).toMatch(/^hang_reading still does not work just now\. The caller knows/)
  expect(await resultText('look')).toMatch(/^Result of look: pid \d+$/)
  const first = await resultText('look')
  expect(await resultText('huge')).toMatch(/^It is not known whether huge was done/)
  // Each call waits for the new process, which starts after a second.
  const second = await resultText('look')
  expect(second).toMatch(/^Result of look: pid \d+$/)
  expect(second).not.toBe(first)
  expect(await resultText('die')).toMatch(/^It is not known whether die was done/)
  expect(log.filter(({ message }) => message === 'tools: child is disconnected')).toHaveLength(2)
})

test('a child that sends too much is stopped, the log says why, and it is started again', async () => {
  const { resultText, log } = await openedChild()
  const pid = pidIn(await resultText('look'))
  await resultText('flood')
  const stopped = log.filter(({ message }) => message === 'tools: child is stopped')
  expect(stopped.map(({ fields }) => fields)).toEqual([
    { server: 'child', detail: 'Error: more than 1000 messages in a second' },
  ])
  expect(pidIn(await resultText('look'))).not.toBe(pid)
  expect(isAlive(pid)).toBe(false)
})

test('a secret that the server sends goes neither to the model nor to the log', async () => {
  const { tools, resultText, log } = await openedChild(
    { env: { TOKEN: 'sk-live-0001' } },
    { leak_data: { words: 'data' } },
  )
  expect(await resultText('leak')).toBe('Result of leak: not done. The key (hidden) was refused.')
  expect(await resultText('leak_data')).toBe('Result of leak_data: {"(hidden)":{"key":["is (hidden)"]}}')
  expect(await resultText('leak_error')).toMatch(/^leak_error does not work just now/)
  expect(log.at(-1)).toMatchObject({ fields: { pii: { detail: expect.stringContaining('(hidden)?') } } })
  expect(tools.forAgent(AGENT).specs.at(-1)?.description).toBe('Uses (hidden).')
  expect(JSON.stringify([log, tools.forAgent(AGENT).specs])).not.toContain('sk-live')
})

test('after closing neither a child nor what it started is running', async () => {
  const listeners = process.listenerCount('exit')
  const { tools, resultText } = await openedChild({ env: { STUBBORN: 'yes' } })
  const pids = [pidIn(await resultText('look')), pidIn(await resultText('grandchild'))]
  expect(pids.map(isAlive)).toEqual([true, true])
  await tools.close()
  // An orphan disappears as soon as its new parent has reaped it.
  while (pids.some(isAlive)) await setImmediate()
  expect(process.listenerCount('exit')).toBe(listeners)
  expect(await resultText('look')).toMatch(/^look does not work just now/)
})

test('a child that closes its output but keeps running is ended, and another is started', async () => {
  const { resultText } = await openedChild()
  const pid = pidIn(await resultText('look'))
  expect(await resultText('mute')).toMatch(/^It is not known whether mute was done/)
  expect(pidIn(await resultText('look'))).not.toBe(pid)
  expect(isAlive(pid)).toBe(false)
})

test('a missing command does not prevent the start', async () => {
  const { tools, resultText, log } = await openedChild({ command: '/no/such/command' })
  expect(tools.forAgent(AGENT).specs).toEqual([])
  expect(await resultText('look')).toMatch(/^There is no tool/)
  expect(log.map(({ message }) => message)).toContain('tools: child cannot be reached')
})

test('a child that never answers, and ignores SIGTERM, is ended when we close while it is still being opened', async () => {
  const script = 'trap "" TERM; echo pid $$ >&2; while :; do sleep 1; done'
  const settings = toolSettings({ servers: { slow: { command: 'sh', args: ['-c', script] } } }, process.env, 'the test')
  const written = new Feed<string>()
  const warn = (fields: object): void => written.push(JSON.stringify(fields))
  const closing = new AbortController()
  const parts = { clock: systemClock, chance: seeded(1), log: { info: () => undefined, warn }, inside: [] }
  const opening = openMcpTools(settings, parts, closing.signal)
  const pid = pidIn(await written.some(line => line.includes('pid')))
  expect(isAlive(pid)).toBe(true)
  closing.abort(new Error('the server is closing'))
  await expect(opening).rejects.toThrow('the server is closing')
  expect(isAlive(pid)).toBe(false)
})

test('the log says which server does not start, and its last line, without what callers said', async () => {
  const script = 'console.error("reading the settings"); process.stderr.write("no API_KEY"); process.exit(1)'
  const { log } = await openedChild({ args: ['-e', script], env: { TOKEN: 'secret-of-the-child' } })
  const unreached = log.find(({ message }) => message === 'tools: child cannot be reached')
  expect(unreached?.fields).toEqual({ server: 'child', detail: expect.stringMatching(/; its last line: no API_KEY$/) })
})
