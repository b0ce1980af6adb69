import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { loadNamedFixture } from '../../src/sandbox/caller/fixture.ts'
import { openWholeCalls } from '../whole-call/whole-calls.ts'
import { caller, type MemoryRoom, memoryRooms } from './memory-rooms.ts'
import { callInRoom } from './room-caller.ts'

/** What was decided in a call, in order, without times and numbers. */
function decisionsOf(lines: readonly JournalLine[]): readonly string[] {
  return lines.flatMap((line, i) => {
    if ('decided' in line && line.decided.kind === 'turn') {
      const { turn } = line.decided
      if (turn.kind === 'ended') return [`ended: ${turn.next}`]
      if (turn.kind !== 'replying') return []
      const { content } = turn.reply
      const before = lines.slice(0, i).findLast(other => 'decided' in other && other.decided.kind === 'turn')
      const wasReplying = before && 'decided' in before && 'reply' in (before.decided as { turn: object }).turn
      if (wasReplying) return []
      return content.kind === 'answer' ? [`answers: ${wordsIn(content.to)}`] : [`says: ${content.kind}`]
    }
    if (!('input' in line)) return []
    const { input } = line
    if (input.kind === 'tool-called') return [`calls: ${input.call.name} ${input.call.arguments}`]
    if (input.kind === 'tool-result') return [`result: ${input.result}`]
    if (input.kind === 'heard' && input.cut) return [`interrupted after: ${input.text}`]
    if (input.kind === 'reply-done') {
      const heard = lines.slice(0, i).findLast(other => 'input' in other && other.input.kind === 'heard')
      return heard && 'input' in heard && heard.input.kind === 'heard' ? [`heard: ${heard.input.text}`] : []
    }
    return []
  })
}
const wordsIn = ({ finalWords, late, interimWords }: Record<'finalWords' | 'late' | 'interimWords', string>): string =>
  [finalWords, late, interimWords].filter(part => part !== '').join(' ')

async function bothWays(name: string) {
  const script = await loadNamedFixture(name)
  const { rooms, join } = memoryRooms()
  const all = await openWholeCalls({ env: { AGENT: script.agent ?? 'receptionist' }, joinRoom: join })
  const byPhone = await all.passing(all.ring(script, { seed: 1 }))
  const asked = await all.network.fetch(`${all.url}/api/room`, {
    ...{ method: 'POST', headers: { origin: 'http://localhost' } },
  })
  const [[callId, room] = []] = [...rooms]
  if (!asked.ok || callId === undefined || room === undefined) throw new Error(await asked.text())
  const inRoom = await all.passing(talk(room, callId))
  const byBrowser = await readJournal(`${all.dataDir}/calls/${callId}/journal.jsonl`)
  const logged = [...all.logged]
  await all.close()
  const leftOpen = all.network.connections() + all.clock.sleepers
  return { phone: byPhone.lines, browser: byBrowser, room, logged, leftOpen, inRoom }

  async function talk(room: MemoryRoom, callId: string) {
    // The sentences that must not fail are rendered at the first visit.
    await all.clock.sleep(20_000, new AbortController().signal)
    room.listener.arrived(caller())
    const left = await callInRoom(
      {
        ...{
          script,
          callId,
          ticker: all.ticker,
          seed: 1,
          network: all.network,
          announceUrl: all.standIns.deepgram.url,
        },
        hear: () => room.hear(),
        queuedMs: () => room.queue.length * 20,
        speak: pcm => room.listener.sound('caller', pcm),
        press: key => room.listener.key('caller', key),
      },
      new AbortController().signal,
    )
    room.listener.asked('caller', 'leave', '')
    await all.partyline.calls.empty(new AbortController().signal)
    return left
  }
}

test.each(['plain', 'talks-over', 'thinks-aloud', 'backchannels', 'corrects', 'keys'])(
  'the conversation "%s" goes the same way on the telephone and in a browser',
  async name => {
    const { phone, browser, room, logged, leftOpen, inRoom } = await bothWays(name)
    expect(inRoom.why).toBe('hung up')
    expect(decisionsOf(browser)).toEqual(decisionsOf(phone))
    expect(decisionsOf(browser).length).toBeGreaterThan(3)
    expect(room.isLeft).toBe(true)
    expect(room.told.at(-1)).toMatchObject({ topic: 'partyline.ended' })
    expect(logged.filter(line => /"level":(?:40|50|60)/.test(line))).toEqual([])
    expect(leftOpen).toBe(0)
  },
)
