import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { outcomeOf, readJournal } from '../../src/journal/outcome.ts'
import { english } from '../../src/languages/english.ts'
import { livingServers } from '../../src/records/living-servers.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { caller, memoryRooms } from './memory-rooms.ts'

const QUESTION = 'Do you have parking?'
/** What the receptionist says to a page that comes back. */
const BACK = 'Welcome back.'
const ANSWER = 'You can park for free behind the house, and there is always room in the evening.'

/** The real server with rooms in memory, and another server that lives beside it, as far as the database tells. */
async function opened() {
  const { rooms, join } = memoryRooms()
  const all = await openWholeCalls({ env: { RECORDING: 'off' }, joinRoom: join })
  const database = await openDatabase(`sqlite:${all.dataDir}/partyline.sqlite`)
  const other = new AbortController()
  const servers = await livingServers({
    ...{ database, serverId: 'other', clock: all.clock, fetchBack: undefined },
    ...{ held: () => [], letGo: () => undefined },
    log: { info: () => undefined, warn: () => undefined },
  })
  const watching = servers.watch(other.signal)
  onTestFinished(async () => {
    other.abort()
    await all.passing(watching)
    await database.close()
    await all.close()
  })
  return { all, rooms }
}

/** A page's conversation, and what its person hears. */
async function page({ all, rooms }: Awaited<ReturnType<typeof opened>>) {
  const headers: Record<string, string> = { origin: 'http://localhost', 'content-type': 'application/json' }
  let back: string | undefined
  const pass = (ms: number): Promise<void> => all.clock.sleep(ms, new AbortController().signal)

  async function joins() {
    const asked = await all.network.fetch(`${all.url}/api/room`, {
      ...{ method: 'POST', headers, body: JSON.stringify(back === undefined ? {} : { back }) },
    })
    if (!asked.ok) throw new Error(await asked.text())
    headers.cookie ??= (asked.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    ;({ back } = (await asked.json()) as { back: string })
    const [callId, room] = [...rooms].at(-1) ?? []
    if (callId === undefined || room === undefined) throw new Error('no room was joined')
    return { callId, room }
  }
  return { pass, joins }
}

test('at the end of a drain a page goes on with another server, and hears nothing twice', async () => {
  const { all, rooms } = await opened()
  await all.passing(
    (async () => {
      const { pass, joins } = await page({ all, rooms })
      const { callId, room } = await joins()
      // The sentences that must not fail are rendered at the first visit.
      await pass(20_000)
      room.listener.arrived(caller())
      await pass(8_000)
      room.listener.typed('caller', QUESTION)
      await pass(3_000)
      expect(room.shown['lk.agent.state']).toBe('speaking')
      expect(all.partyline.handOver()).toBe(1)
      await pass(1_000)
      expect(room).toMatchObject({ isLeft: true, isEnded: false })
      const topics = room.told.map(({ topic }) => topic)
      expect(topics).toContain('partyline.moved')
      expect(topics).not.toContain('partyline.ended')
      expect(all.partyline.calls.live()).toBe(0)

      const again = await joins()
      expect(again.callId).toBe(callId)
      expect(again.room).not.toBe(room)
      again.room.listener.arrived(caller())
      await pass(12_000)
      expect(again.room.shown['lk.agent.state']).toBe('listening')
      again.room.listener.asked('caller', 'leave', '')
      await all.partyline.calls.empty(new AbortController().signal)

      const lines = await readJournal(`${all.dataDir}/calls/${callId}/journal.jsonl`)
      const { callerTurns, agentReplies } = outcomeOf(lines, english)
      expect(callerTurns).toEqual([QUESTION])
      const said = agentReplies.slice(1).join(' ')
      // Cut in two by the break, and whole without it.
      expect(
        said
          .replaceAll(/[—\s]+/g, ' ')
          .split(BACK)
          .map(part => part.trim())
          .join(' '),
      ).toBe(ANSWER)
      expect(said).toContain(BACK)
      expect(lines.filter(line => 'started' in line)).toHaveLength(2)
    })(),
  )
})
