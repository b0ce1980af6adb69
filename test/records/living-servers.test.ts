import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { SupersededError, storeIn } from '../../src/journal/store.ts'
import { livingServers } from '../../src/records/living-servers.ts'
import { FakeClock } from '../fakes/clock.ts'
import { databasesFor } from '../tasks/databases.ts'

const CALL = (n: number): string => `CA${n.toString(16).padStart(32, '0')}`
const AT = new Date('2025-01-15T09:00:00Z')

describe.each(await databasesFor('the tests of living servers'))('on $name', ({ newUrl }) => {
  /** Servers that share one database, each with its own clock of the process. */
  async function several(url: string) {
    const fetched: (readonly [server: string, call: string])[] = []
    const letGo: (readonly [server: string, calls: readonly string[]])[] = []
    const answers = new Map<string, 'asked' | 'over' | 'never'>()

    async function open(serverId: string) {
      const database = await openDatabase(url)
      const store = await storeIn(database, serverId)
      const clock = new FakeClock()
      const held = new Map<string, number>()
      const stop = new AbortController()
      const servers = await livingServers({
        ...{ database, serverId, clock },
        log: { info: () => undefined, warn: () => undefined },
        async fetchBack(callId, signal) {
          fetched.push([serverId, callId])
          const answer = answers.get(callId) ?? 'asked'
          if (answer !== 'never') return answer
          await once(signal, 'abort')
          throw signal.reason
        },
        held: () => [...held].map(([callId, attempt]) => ({ callId, attempt })),
        letGo: (calls, why) => void (calls.length > 0 && letGo.push([`${serverId}: ${why}`, calls])),
      })
      const rounds = { done: 0 }
      // A round is over when the server sleeps again.
      const sleep = clock.sleep.bind(clock)
      clock.sleep = (ms, signal) => {
        rounds.done++
        return sleep(ms, signal)
      }
      const watching = servers.watch(stop.signal)
      const round = async (): Promise<void> => {
        const before = rounds.done
        await clock.advance(3_000)
        await expect.poll(() => rounds.done).toBeGreaterThan(before)
      }
      await expect.poll(() => rounds.done).toBe(1)
      onTestFinished(async () => {
        stop.abort()
        await watching
        await database.close()
      })
      /** As at the end of a drain. */
      async function closes(): Promise<void> {
        stop.abort(new Error('the server is closing'))
        await watching
        await servers.leave()
      }
      return { servers, store, held, round, closes, dies: () => stop.abort() }
    }
    return { open, fetched, letGo, answers }
  }

  test('the calls of a server that died are fetched back, each by one server alone', async () => {
    const { open, fetched } = await several(await newUrl())
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    for (let n = 0; n < 5; n++) await a.store.takePass(CALL(n), 1, AT)
    await a.store.keepNext(CALL(0), 'hang-up')
    await b.store.takePass(CALL(1), 2, AT)
    // Another channel's.
    await a.store.takePass('room-1', 1, AT)
    a.dies()
    for (let times = 0; times < 3; times++) await Promise.all([b.round(), c.round()])
    expect(fetched).toEqual([])
    for (let times = 0; times < 3; times++) await Promise.all([b.round(), c.round()])
    await expect.poll(() => fetched.length).toBe(3)
    expect(fetched.map(([, call]) => call).toSorted()).toEqual([CALL(2), CALL(3), CALL(4)])
  })

  test('a call that the carrier does not know any more is over', async () => {
    const { open, fetched, answers } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    answers.set(CALL(1), 'over')
    for (const n of [1, 2]) await a.store.takePass(CALL(n), 1, AT)
    a.dies()
    for (let times = 0; times < 6; times++) await b.round()
    await expect.poll(() => b.store.factsOf(CALL(1))).toEqual({ streams: 1, next: 'hang-up' })
    expect(fetched).toHaveLength(2)
    expect(await b.store.factsOf(CALL(2))).toEqual({ streams: 1, next: undefined })
  })

  test('a carrier that does not answer keeps the server from nothing, and no call of the dead one is ended', async () => {
    const { open, fetched, answers } = await several(await newUrl())
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    answers.set(CALL(1), 'never')
    await a.store.takePass(CALL(1), 1, AT)
    await b.store.takePass(CALL(2), 1, AT)
    a.dies()
    for (let times = 0; times < 4; times++) await b.round()
    await expect.poll(() => fetched).toEqual([['b', CALL(1)]])
    for (let times = 0; times < 8; times++) {
      await b.round()
      await c.round()
    }
    expect(fetched).toHaveLength(1)
    b.dies()
    expect(await c.store.factsOf(CALL(1))).toEqual({ streams: 1, next: undefined })
  })

  test('a server that stood still itself takes nobody for dead', async () => {
    const { open, fetched } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    await a.store.takePass(CALL(1), 1, AT)
    await b.round()
    for (let times = 0; times < 4; times++) {
      await b.round()
      await a.round()
    }
    expect(fetched).toEqual([])
  })

  test('a server lets go of what another one has taken', async () => {
    const { open, letGo } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    for (const n of [1, 2]) {
      await a.store.takePass(CALL(n), 1, AT)
      a.held.set(CALL(n), 1)
    }
    await b.store.takePass(CALL(2), 2, AT)
    await a.round()
    expect(letGo).toEqual([['a: another server has taken the call', [CALL(2)]]])
  })

  test('a stream whose pass was taken while the database was away is not let go of for an earlier one elsewhere', async () => {
    const { open, letGo } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    await b.store.takePass(CALL(1), 1, AT)
    a.held.set(CALL(1), 2)
    // One whose person is on the way to the room has no stream yet.
    await b.store.takePass(CALL(2), 1, AT)
    a.held.set(CALL(2), 0)
    for (let times = 0; times < 3; times++) await a.round()
    expect(letGo).toEqual([])
    await b.store.takePass(CALL(1), 3, AT)
    await a.round()
    expect(letGo).toEqual([['a: another server has taken the call', [CALL(1)]]])
  })

  test('of two servers that hold the same stream the one without its pass lets go, and writes nothing', async () => {
    const { open, letGo } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    await b.store.takePass(CALL(1), 1, AT)
    a.held.set(CALL(1), 1)
    b.held.set(CALL(1), 1)
    for (let times = 0; times < 2; times++) await Promise.all([a.round(), b.round()])
    expect(letGo.map(([who]) => who)).toEqual(Array(2).fill('a: another server has taken the call'))
    await expect(a.store.commit(CALL(1), 1, 1, '{"seq":1}')).rejects.toThrow(SupersededError)
    await a.store.keepNext(CALL(1), 'goodbye', 1)
    await b.store.commit(CALL(1), 1, 1, '{"seq":1}')
    expect(await b.store.factsOf(CALL(1))).toMatchObject({ streams: 1, next: undefined })
  })

  test('a server that was taken for dead keeps the call that nobody fetched back, and has it again', async () => {
    const { open, fetched, letGo, answers } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    answers.set(CALL(1), 'never')
    await a.store.takePass(CALL(1), 1, AT)
    a.held.set(CALL(1), 1)
    for (let times = 0; times < 5; times++) await b.round()
    await expect.poll(() => fetched).toEqual([['b', CALL(1)]])
    await a.round()
    expect(letGo).toEqual([])
    b.dies()
    // Were it still the other one's, it would be fetched from itself now.
    for (let times = 0; times < 6; times++) await a.round()
    expect(fetched).toHaveLength(1)
    const c = await open('c')
    a.dies()
    for (let times = 0; times < 6; times++) await c.round()
    await expect.poll(() => fetched).toContainEqual(['c', CALL(1)])
  })

  test('a server that closes while it fetches calls back leaves them to the others', async () => {
    const { open, fetched, answers } = await several(await newUrl())
    const [a, b, c] = [await open('a'), await open('b'), await open('c')]
    for (const n of [1, 2]) {
      answers.set(CALL(n), 'never')
      await a.store.takePass(CALL(n), 1, AT)
    }
    a.dies()
    for (let times = 0; times < 5; times++) await b.round()
    await expect.poll(() => fetched).toHaveLength(2)
    // The row of the dead one is gone by then.
    for (let times = 0; times < 5; times++) await c.round()
    answers.clear()
    await b.closes()
    for (let times = 0; times < 5; times++) await c.round()
    await expect
      .poll(() => fetched.filter(([server]) => server === 'c').toSorted())
      .toEqual([
        ['c', CALL(1)],
        ['c', CALL(2)],
      ])
  })

  test('calls are handed over where another server lives that takes calls', async () => {
    const { open, letGo } = await several(await newUrl())
    const [a, b] = [await open('a'), await open('b')]
    a.held.set(CALL(1), 1)
    await a.round()
    await b.servers.drain()
    await a.round()
    expect(a.servers.handOver()).toBe(0)
    const c = await open('c')
    await a.round()
    expect(a.servers.handOver()).toBe(1)
    expect(letGo).toEqual([['a: another server carries the call on', [CALL(1)]]])
    await c.servers.leave()
    c.dies()
    await a.round()
    expect(a.servers.handOver()).toBe(0)
  })
})
