import { expect, test } from 'vitest'
import type { ToolContext } from '../../src/conversation/ports.ts'
import { speakable } from '../../src/conversation/reply/speakable.ts'
import { english } from '../../src/languages/english.ts'
import { offerScreen, spokenAddress } from '../../src/sight/offer-screen.ts'
import { FakeClock } from '../fakes/clock.ts'
import { FakeJournal } from '../fakes/journal.ts'
import { toolCall } from '../fakes/model.ts'
import { FakeTools } from '../fakes/tools.ts'

const CONTEXT: ToolContext = { callId: 'CA1', owner: 'ann', agent: 'a', idempotencyKey: 'k', agreed: false }

function opened(invite: (signal: AbortSignal) => Promise<string | undefined>) {
  const fake = new FakeTools()
  fake.add('list', false, async () => 'eggs')
  const journal = new FakeJournal(new FakeClock())
  const tools = offerScreen(fake, { address: 'example.com slash screen', invite, journal })
  const run = async (name: string, signal = new AbortController().signal) => {
    const outcome = await tools.run(toolCall(name), CONTEXT, signal)
    return outcome.kind === 'done' ? outcome.text : `asks: ${outcome.question}`
  }
  return { tools, run, journal }
}

test('the tool is there beside the others, which run as before', async () => {
  const { tools, run } = opened(async () => '048217')
  expect(tools.specs.map(({ name }) => name)).toEqual(['list', 'offer_screen'])
  expect(tools.specs[1]?.description.length).toBeLessThanOrEqual(1_024)
  expect(await run('list')).toBe('eggs')
})

test('its result is what the agent says: the address, and the code digit by digit', async () => {
  const told = await opened(async () => '048217').run('offer_screen')
  expect(told).toContain('Open example.com slash screen in a browser, and type this code: 0 4 8, 2 1 7.')
  expect(speakable(told, english)).toContain(
    'Open example dot com slash screen in a browser, and type this code: zero four eight, two one seven.',
  )
})

test('while somebody is there, there is no new code', async () => {
  expect(await opened(async () => undefined).run('offer_screen')).toContain('has joined this call already')
})

test('a room that cannot be joined is told in plain words, and why is in the journal', async () => {
  const { run, journal } = opened(() => Promise.reject(new Error('401')))
  expect(await run('offer_screen')).toContain('No code could be made just now')
  expect(journal.lines).toMatchObject([{ noted: { kind: 'tool-failed', tool: 'offer_screen', why: 'Error: 401' } }])
})

test('an abort is no failure', async () => {
  const abort = new AbortController()
  abort.abort(new Error('hung up'))
  const { run, journal } = opened(async signal => {
    signal.throwIfAborted()
    return '111111'
  })
  await expect(run('offer_screen', abort.signal)).rejects.toThrow('hung up')
  expect(journal.lines).toEqual([])
})

test.each([
  ['https://agent.example.com', 'agent.example.com slash screen', 'agent dot example dot com slash screen'],
  ['http://localhost:3000/', 'localhost port 3 0 0 0 slash screen', 'localhost port three zero zero zero slash screen'],
  ['http://127.0.0.1:3000', '127.0.0.1 port 3 0 0 0 slash screen', undefined],
])('%s is said as "%s"', (url, address, spoken) => {
  expect(spokenAddress(url)).toBe(address)
  if (spoken !== undefined) expect(speakable(spokenAddress(url), english)).toBe(spoken)
})
