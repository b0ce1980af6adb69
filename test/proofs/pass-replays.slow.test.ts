import { describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../journal/opened-store.ts'
import { Feed } from '../server/feed.ts'
import { openPhoneServer, type PhoneServer } from '../server/phone-server.ts'
import { databasesFor } from '../tasks/databases.ts'

const REPLAYS = 1_000
const CALL = `CA${'3'.repeat(32)}`
/** Their `start`s are sent at once: the more sockets, the less of that is true. */
const AT_ONCE = 100

async function opened(url: string): Promise<PhoneServer> {
  const store = await openStore(url)
  const server = await openPhoneServer({ maxCalls: REPLAYS, store })
  onTestFinished(async () => {
    await server.close()
    await store.close()
  })
  return server
}

describe.each(await databasesFor('replays of passes'))('with $name', ({ newUrl }) => {
  test('of a thousand streams that show one pass, at two servers at once, exactly one opens', async () => {
    const url = await newUrl()
    const servers = [await opened(url), await opened(url)] as const
    const pass = await servers[0].answered(CALL)
    const closed = new Feed<number>()
    for (let shown = AT_ONCE; shown <= REPLAYS; shown += AT_ONCE) {
      const sockets = Array.from({ length: AT_ONCE }, (_, n) => servers[n % 2 === 0 ? 0 : 1].dial())
      await Promise.all(sockets.map(({ isOpen }) => isOpen))
      for (const socket of sockets) {
        void socket.closed.then(code => closed.push(code))
        socket.start(CALL, pass)
      }
      // The first that opened stays open; all others are closed.
      await closed.some(() => closed.all.length >= shown - 1)
    }
    expect(closed.all).toEqual(Array.from({ length: REPLAYS - 1 }, () => 1008))
    const held = servers.flatMap(({ held: calls }) => calls.all)
    expect(held.map(({ opening }) => [opening.callId, opening.attempt])).toEqual([[CALL, 1]])
    expect(servers.map(({ live }) => live.size).toSorted()).toEqual([0, 1])
    expect(servers.flatMap(({ errors }) => errors)).toEqual([])
  })
})
