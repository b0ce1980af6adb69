import { McpServer } from '@modelcontextprotocol/server'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { insideLink } from '../../../src/tools/links/inside-link.ts'
import type { CallOwner } from '../../../src/tools/links/link.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { insideServer } from '../opened.ts'

const { signal } = new AbortController()
const quiet = { info: () => undefined, warn: () => undefined, quote: () => undefined }

/** A server whose only tool says whose it is and counts as `counted`, which should be a number. */
async function opened(counted: () => unknown) {
  const owners: string[] = []
  const server = insideServer('counter', ({ owner }: CallOwner) => {
    owners.push(owner)
    const counter = new McpServer({ name: 'counter', version: '1' })
    counter.registerTool(
      'count',
      { inputSchema: z.object({}), outputSchema: z.object({ count: z.number() }) },
      async () => {
        const structuredContent = { count: counted() } as { count: number }
        return { content: [{ type: 'text', text: owner }], structuredContent }
      },
    )
    return counter
  })
  const link = insideLink(server.name, { clock: new FakeClock(), connect: server.connect, log: quiet })
  onTestFinished(() => link.close())
  await link.tried
  return { link, owners }
}

const call = (owner: string) => ({ tool: 'count', given: {}, callOwner: { callId: 'CA1', owner }, limitMs: 1_000 })

test('each call has a server of its own, bound to its owner', async () => {
  const { link, owners } = await opened(() => 1)
  expect(link.tools().map(({ name }) => name)).toEqual(['count'])
  const results = await Promise.all(['one', 'two'].map(owner => link.call(call(owner), signal)))
  expect(results.map(({ content }) => content)).toEqual([
    [{ type: 'text', text: 'one' }],
    [{ type: 'text', text: 'two' }],
  ])
  expect(owners).toEqual(['', 'one', 'two'])
})

test('a result that breaks its own schema is stopped by the server itself: it is not checked twice', async () => {
  let count: unknown = 1
  const { link } = await opened(() => count)
  expect((await link.call(call('one'), signal)).structuredContent).toEqual({ count: 1 })
  count = 'many'
  const broken = await link.call(call('one'), signal).catch(error => error)
  expect(JSON.stringify(broken)).not.toContain('many')
  expect(broken.structuredContent).toBeUndefined()
})

test('calls that come at once begin in turns of the event loop of their own', async () => {
  let turns = 0
  let isOver = false
  const turn = (): void => {
    turns++
    if (!isOver) setImmediate(turn)
  }
  const begunIn: number[] = []
  const { link } = await opened(() => begunIn.push(turns))
  setImmediate(turn)
  await Promise.all(Array.from({ length: 8 }, () => link.call(call('one'), signal)))
  isOver = true
  expect(new Set(begunIn).size).toBe(8)
})

test('a call that waits for its turn and is no longer wanted does not begin', async () => {
  let begun = 0
  const { link } = await opened(() => ++begun)
  const stop = new AbortController()
  const first = link.call(call('one'), signal)
  const second = link.call(call('one'), stop.signal)
  stop.abort(new Error('the caller spoke'))
  await expect(second).rejects.toThrow('the caller spoke')
  await first
  expect(begun).toBe(1)
})
