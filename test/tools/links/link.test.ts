import { expect, onTestFinished, test } from 'vitest'
import type { Link } from '../../../src/tools/links/link.ts'
import { WiredServer } from '../wired.ts'

const signal = new AbortController().signal
const callOwner = { callId: 'CA1', owner: '+15550001' }
const call = (link: Link, tool: string, more: { key?: string; limitMs?: number } = {}, given = signal) =>
  link.call({ tool, given: {}, callOwner, limitMs: 5_000, ...more }, given)
const outcome = (result: Promise<unknown>): Promise<string> =>
  result.then(
    found => JSON.stringify(found),
    error => `${error.kind ?? error.message}`,
  )

async function opened(server = new WiredServer(), seed = 1) {
  const link = server.link(seed)
  onTestFinished(async () => {
    const closed = link.close()
    await server.clock.advance(1_000)
    await closed
    expect(server.clock.pending).toBe(0)
  })
  await server.clock.advance(0)
  return { server, link }
}

const named = (link: Link): readonly string[] => link.tools().map(({ name }) => name)

test('all pages of the tools are listed, and listed again when they change', async () => {
  const server = new WiredServer()
  server.tools = ['one', 'two', 'three']
  server.pages = 2
  const { link } = await opened(server)
  expect(named(link)).toEqual(['one', 'two', 'three'])
  await server.announce(['four', 'five'])
  await server.clock.advance(0)
  expect(named(link)).toEqual(['four', 'five'])
  await server.announce(['six', 'seven'])
  await server.announce(['eight', 'nine'])
  await server.clock.advance(1_000)
  expect(named(link)).toEqual(['eight', 'nine'])
})

test('a server that cannot be reached is tried again after 1 s, 2 s, 4 s and so on to 30 s, give or take a fifth', async () => {
  const server = new WiredServer()
  server.isReachable = false
  await opened(server, 7)
  await server.clock.advance(150_000)
  const gaps = server.openedMs.slice(1).map((ms, index) => ms - (server.openedMs[index] ?? 0))
  for (const [index, gapMs] of gaps.entries()) {
    const meantMs = Math.min(1_000 * 2 ** index, 30_000)
    expect(gapMs / meantMs, `attempt ${index + 2}`).toBeGreaterThanOrEqual(0.8)
    expect(gapMs / meantMs, `attempt ${index + 2}`).toBeLessThanOrEqual(1.2)
  }
  expect(gaps.length).toBeGreaterThanOrEqual(7)
})

test('a server is connected as soon as it answers, with its tools', async () => {
  const server = new WiredServer()
  server.isReachable = false
  const { link } = await opened(server)
  expect(named(link)).toEqual([])
  server.isReachable = true
  await server.clock.advance(1_200)
  expect(named(link)).toEqual(['look'])
})

test('a server that dies keeps its tools, and is connected again once, however many calls were lost', async () => {
  const { server, link } = await opened()
  const lost = [1, 2, 3].map(() => outcome(call(link, 'slow', { key: 'k' })))
  await server.clock.advance(0)
  await server.die()
  expect(await Promise.all(lost)).toEqual(['lost', 'lost', 'lost'])
  expect(named(link)).toEqual(['look'])
  await server.clock.advance(1_200)
  expect(server.openedMs).toHaveLength(2)
})

test('a connection that was steady is opened anew at once, and then after waits again', async () => {
  const { server, link } = await opened()
  await server.clock.advance(60_000)
  await server.die()
  await server.clock.advance(0)
  expect([server.openedMs, named(link)]).toEqual([[0, 60_000], ['look']])
  await server.die()
  await server.clock.advance(700)
  expect(server.openedMs).toHaveLength(2)
  await server.clock.advance(500)
  expect(server.openedMs).toHaveLength(3)
})

test('a call that only reads is repeated once on the new connection; one that changes something is not', async () => {
  const { server, link } = await opened()
  const read = outcome(call(link, 'slow'))
  const changed = outcome(call(link, 'die', { key: 'k' }))
  await server.clock.advance(0)
  expect(await changed).toBe('lost')
  await server.clock.advance(1_200)
  for (const answer of server.late.splice(0)) answer()
  expect(await read).toContain('did slow')
  expect(server.called).toEqual(['slow', 'die', 'slow'])
})

test('a call that was never sent is sent on the new connection, even if it changes something', async () => {
  const { server, link } = await opened()
  server.failsNextSend = true
  const changed = outcome(call(link, 'look', { key: 'k' }))
  await server.clock.advance(1_200)
  expect(await changed).toContain('did look')
  expect(server.called).toEqual(['look'])
  expect(server.openedMs).toHaveLength(2)
})

test('the next connection waits until the one before is closed', async () => {
  const { server, link } = await opened()
  server.closeTakesMs = 4_000
  server.failsNextSend = true
  const read = outcome(call(link, 'look'))
  await server.clock.advance(3_900)
  expect(server.openedMs).toHaveLength(1)
  server.closeTakesMs = 0
  await server.clock.advance(1_000)
  expect(server.openedMs).toHaveLength(2)
  expect(await read).toContain('did look')
})

test('a read that kills its server is tried only twice', async () => {
  const { server, link } = await opened()
  const read = outcome(call(link, 'die'))
  await server.clock.advance(5_000)
  expect(await read).toBe('lost')
  expect(server.called).toEqual(['die', 'die'])
})

test('while the server is down a call waits only if the next attempt comes within its limit', async () => {
  const server = new WiredServer()
  server.isReachable = false
  const { link } = await opened(server)
  await server.clock.advance(20_000)
  expect(await outcome(call(link, 'look', { key: 'k', limitMs: 100 }))).toBe('unsent')
  expect(server.called).toEqual([])
})

test('a late call is abandoned; the server is pinged, and the connection stays if it answers', async () => {
  const { server, link } = await opened()
  const late = outcome(call(link, 'slow', { limitMs: 300 }))
  await server.clock.advance(300)
  expect(await late).toBe('late')
  await server.clock.advance(10_000)
  expect(server.openedMs).toHaveLength(1)
  for (const answer of server.late.splice(0)) answer()
  expect(await outcome(call(link, 'look'))).toContain('did look')
})

test('a server that hangs is disconnected after the ping, and connected again', async () => {
  const { server, link } = await opened()
  server.hangsAt = 'everything'
  const late = outcome(call(link, 'look', { key: 'k', limitMs: 300 }))
  await server.clock.advance(300)
  expect(await late).toBe('late')
  server.hangsAt = undefined
  await server.clock.advance(2_000 + 1_200)
  expect(server.openedMs).toHaveLength(2)
  expect(server.destroyed).toBe(1)
  expect(await outcome(call(link, 'look'))).toContain('did look')
})

test('an attempt to connect to a server that hangs ends after 15 s', async () => {
  const server = new WiredServer()
  server.hangsAt = 'everything'
  const { link } = await opened(server)
  await server.clock.advance(14_000)
  expect(server.log).toEqual([])
  await server.clock.advance(1_500)
  expect(server.log).toEqual([expect.stringMatching(/^cannot be reached: .*opening took longer than 15000 ms/)])
  expect(named(link)).toEqual([])
})

test('a server that does not list its tools is disconnected after 10 s; one that fails later keeps the old ones', async () => {
  const server = new WiredServer()
  server.hangsAt = 'tools/list'
  const { link } = await opened(server)
  await server.clock.advance(10_000)
  expect(server.log).toEqual([expect.stringMatching(/^cannot be reached: .*listing the tools took longer/)])
  server.hangsAt = undefined
  await server.clock.advance(1_200)
  expect(named(link)).toEqual(['look'])
  server.hangsAt = 'tools/list'
  await server.announce(['other'])
  await server.clock.advance(11_000)
  expect(named(link)).toEqual(['look'])
  expect(await outcome(call(link, 'look'))).toContain('did look')
})

test('an abort ends the call at once, with its reason', async () => {
  const { server, link } = await opened()
  const stop = new AbortController()
  const stopped = outcome(call(link, 'slow', {}, stop.signal))
  await server.clock.advance(0)
  stop.abort(new Error('the caller spoke'))
  expect(await stopped).toBe('the caller spoke')
})

test('after closing nothing is connected again, and calls are not sent', async () => {
  const { server, link } = await opened()
  const closed = link.close()
  await server.clock.advance(1_000)
  await closed
  await server.clock.advance(100_000)
  expect(server.openedMs).toHaveLength(1)
  expect(await outcome(call(link, 'look'))).toBe('unsent')
})
