import { readdirSync, readFileSync } from 'node:fs'
import { RoomServiceClient } from 'livekit-server-sdk'
import { expect } from 'vitest'
import { joinAsCaller, type RtcCaller } from '../browser/rtc-caller.ts'
import { e2eTest, openPartyline, type Partyline } from './rig.ts'

/** A hundred people come to the server and leave it, each in a room of their own. */
const AT_ONCE = 5
const BATCHES = 12
const ONE_BY_ONE = 40
/** More than the caches and pools of what is used come to; one thing kept of each visit would be a hundred. */
const MOST_MORE = 12
/** LiveKit's native client 1.1.0 keeps 0.4 to 0.5 MB of each room, also where one only connects and disconnects (measured). */
const MOST_MORE_MEMORY_MB = 120
/** The native client's look-ups of names end ten seconds after a room; a room that was made anew is kept for twenty. */
const LET_GO = { timeout: 60_000, interval: 500 }

/** What the server's process holds (man 5 proc). */
function heldBy({ server: { pid } }: Partyline) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    handles: readdirSync(`/proc/${pid}/fd`).length,
    threads: field('Threads'),
    memoryMb: Math.round(field('VmRSS') / 1_024),
    names: new Set(readdirSync(`/proc/${pid}/task`).map(id => nameOf(`/proc/${pid}/task/${id}/comm`))),
  }
}

function nameOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    // The thread has just ended.
    return ''
  }
}

e2eTest('after a hundred joins and leaves nothing is held', async () => {
  // As many calls as come at once: a place that was not given back would be missing. At its end the server waits for the
  // last of them, whose agents have left LiveKit a moment before their places are free.
  const partyline = await openPartyline({ MAX_CALLS: String(AT_ONCE), TRUST_PROXY: '127.0.0.1', DRAIN_SECONDS: '30' })
  const { url, apiKey, apiSecret } = partyline.livekit
  const livekit = new RoomServiceClient(url, apiKey, apiSecret)
  let visits = 0
  let tries = 0

  /** The place of one who has left is free when the record is sealed; until then all lines may be busy. */
  async function join(): Promise<RtcCaller> {
    let caller: RtcCaller | undefined
    const come = async (): Promise<void> => {
      tries++
      const address = `10.0.${tries >> 8}.${tries & 255}`
      caller = await joinAsCaller({ serverUrl: partyline.server.url, address })
    }
    await expect.poll(come, { interval: 500 }).toBeUndefined()
    if (!caller) throw new Error('nobody has come')
    visits++
    return caller
  }
  async function visit(): Promise<void> {
    const caller = await join()
    await caller.agentCame
    await caller.leave()
  }
  /** All leave when all are there. */
  async function visitAtOnce(): Promise<void> {
    const callers = await Promise.all(Array.from({ length: AT_ONCE }, join))
    await Promise.all(callers.map(({ agentCame }) => agentCame))
    await Promise.all(callers.map(caller => caller.leave()))
    await expect.poll(agents).toBe(0)
  }
  const agents = async (): Promise<number> =>
    (await livekit.listRooms()).reduce((sum, { numParticipants }) => sum + numParticipants, 0)

  // What is loaded once, and the caches, are there afterwards.
  await visitAtOnce()
  await expect.poll(() => livekit.listRooms(), LET_GO).toEqual([])
  await expect.poll(() => heldBy(partyline).names.has('AsyncResolver'), LET_GO).toBe(false)
  const before = heldBy(partyline)
  visits = 0

  for (let i = 0; i < ONE_BY_ONE; i++) await visit()
  await expect.poll(agents).toBe(0)
  for (let i = 0; i < BATCHES; i++) await visitAtOnce()
  expect(visits).toBe(100)

  await expect.poll(() => livekit.listRooms(), LET_GO).toEqual([])
  await expect.poll(() => heldBy(partyline).handles, LET_GO).toBeLessThanOrEqual(before.handles + MOST_MORE)
  await expect.poll(() => heldBy(partyline).threads, LET_GO).toBeLessThanOrEqual(before.threads + MOST_MORE)
  // Each source of sound that is not let go of keeps a thread that looks for sound a hundred times a second.
  expect(heldBy(partyline).names.has('AudioSourceCapt')).toBe(false)
  expect(heldBy(partyline).memoryMb).toBeLessThan(before.memoryMb + MOST_MORE_MEMORY_MB)
  // Every place can be had again.
  await visitAtOnce()
  const { code, log } = await partyline.server.close()
  expect(code).toBe(0)
  const warned = log.split('\n').filter(line => /"level":(?:40|50|60)/.test(line))
  expect(warned.filter(line => !line.includes('not ready for calls'))).toEqual([])
})
