import { expect, test } from 'vitest'
import type { AgentsWithTools } from '../../src/agent-tools.ts'
import type { OpenCall } from '../../src/channels/call-host.ts'
import { agentsInForce } from '../../src/development/agents-in-force.ts'

const { signal } = new AbortController()

/** Sets of agents, each with the version that it was opened for; those that are closed are noted. */
async function inForce() {
  const closed: string[] = []
  const broken = new Set<string>()
  const force = await agentsInForce(async (version = 'first') => {
    if (broken.has(version)) throw new Error(`${version} cannot be loaded`)
    return { agents: [{ name: version }], close: async () => void closed.push(version) } as unknown as AgentsWithTools
  })
  /** Holds a call; resolves with the agents that it was opened with, and what ends it. */
  async function call() {
    const hold = Promise.withResolvers<void>()
    let by = ''
    const open = await force.holding(async agents => {
      by = agents.agents[0]?.name ?? ''
      return { hold: () => hold.promise } as unknown as OpenCall
    })
    const over = open.hold({} as never, signal)
    const end = (): Promise<void> => {
      hold.resolve()
      return over
    }
    return { by, end }
  }
  return { force, call, closed, broken }
}

test('a call keeps the agents that it began with, and the next one gets the new ones', async () => {
  const { force, call, closed } = await inForce()
  const one = await call()
  await force.reload('second', signal)
  const two = await call()
  expect([one.by, two.by]).toEqual(['first', 'second'])
  expect(closed).toEqual([])
  await one.end()
  expect(closed).toEqual(['first'])
  await two.end()
  expect(closed).toEqual(['first'])
})

test('agents that cannot be loaded change nothing', async () => {
  const { force, call, closed, broken } = await inForce()
  broken.add('second')
  await expect(force.reload('second', signal)).rejects.toThrow('second cannot be loaded')
  expect((await call()).by).toBe('first')
  expect(closed).toEqual([])
})

test('agents that are loaded too late are closed, and not in force', async () => {
  const { force, call, closed } = await inForce()
  const late = new AbortController()
  late.abort(new Error('it took too long'))
  await expect(force.reload('second', late.signal)).rejects.toThrow('it took too long')
  expect([(await call()).by, closed]).toEqual(['first', ['second']])
})

test('a call that cannot be opened holds nothing, and a server that closes closes all', async () => {
  const { force, call, closed } = await inForce()
  await expect(force.holding(() => Promise.reject(new Error('no line')))).rejects.toThrow('no line')
  await call()
  await force.reload('second', signal)
  expect(closed).toEqual([])
  await force.close()
  expect(closed).toEqual(['first', 'second'])
})
