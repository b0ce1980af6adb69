import { expect, onTestFinished, test } from 'vitest'
import { browserLine } from '../../src/channels/browser/browser-line.ts'
import type { LineNote } from '../../src/channels/call-host.ts'
import type { Heard, Inbound, Next, Speech } from '../../src/conversation/ports.ts'
import { Queue } from '../../src/conversation/queue.ts'
import { FakeClock } from '../fakes/clock.ts'

/** From the queue to the ear. */
const PATH_MS = 80

function open() {
  const clock = new FakeClock()
  const playedMs: number[] = []
  const recorded: { readonly samples: number; readonly atMs: number }[] = []
  const cuts: number[] = []
  const notes: LineNote[] = []
  const closed: Next[] = []
  const came: Inbound[] = []
  const lifetime = new AbortController()
  let cleared = 0
  let hushes = 0
  const line = browserLine({
    clock,
    room: {
      play: pcm => {
        expect(pcm).toHaveLength(480)
        playedMs.push(clock.now())
      },
      clear: () => {
        cleared++
      },
      hush: () => {
        hushes++
      },
      statistics: async () => ({ lossPercent: 0, jitterMs: 3, roundTripMs: 100 }),
    },
    recorder: {
      caller: () => undefined,
      agent: (pcm, atMs) => void recorded.push({ samples: pcm.length, atMs }),
      moveAgent: () => undefined,
      cutAgent: atMs => void cuts.push(atMs),
    },
    note: note => notes.push(note),
    giveUp: async next => void closed.push(next),
  })
  async function read(): Promise<void> {
    for await (const inbound of line.inbound(lifetime.signal)) came.push(inbound)
  }
  const reading = read()
  onTestFinished(async () => {
    lifetime.abort(new Error('over'))
    await reading
  })

  /** A speech of so many words of 200 ms each. */
  function speaks(words: number) {
    const speech = new Queue<Speech>(1_000)
    const stop = new AbortController()
    const heard: Heard[] = []
    speech.push({
      kind: 'words',
      words: Array.from({ length: words }, (_, i) => ({ text: `w${i}`, startMs: i * 200, endMs: (i + 1) * 200 })),
    })
    speech.push({ kind: 'audio', frame: { pcm: new Int16Array(words * 200 * 24).fill(900), rateHz: 24_000 } })
    speech.close()
    async function listen(): Promise<void> {
      for await (const some of line.play(speech, stop.signal)) heard.push(some)
    }
    const over = listen()
    return { heard, over, stop: () => stop.abort(new Error('the caller spoke')) }
  }
  return {
    clock,
    line,
    came,
    notes,
    closed,
    playedMs,
    recorded,
    cuts,
    lifetime,
    reading,
    speaks,
    cleared: () => cleared,
    hushes: () => hushes,
  }
}

test('a speech is heard to its end when its sound has been played and has reached the ear', async () => {
  const { clock, speaks, playedMs, recorded } = open()
  const beganMs = clock.now()
  const { heard, over } = speaks(5)
  await clock.advance(1_000 + PATH_MS - 1)
  expect(heard.at(-1)?.heard).not.toContain('w4')
  await clock.advance(2)
  await over
  expect(heard.at(-1)).toMatchObject({ heard: 'w0 w1 w2 w3 w4', heardMs: 1_000 })
  expect(playedMs).toHaveLength(50)
  expect(Math.max(...playedMs) - beganMs).toBeLessThan(1_000 - 180)
  // The recording is at the rate of what the person says.
  expect(recorded.every(({ samples }) => samples === 320)).toBe(true)
})

test('a barge-in empties the queue at once, and what was not heard does not count', async () => {
  const { clock, speaks, cleared, hushes, cuts } = open()
  const { heard, over, stop } = speaks(10)
  await clock.advance(1_050)
  stop()
  await clock.advance(0)
  await over
  expect(cleared()).toBe(1)
  await clock.advance(5)
  expect(hushes()).toBe(1)
  expect(cuts).toHaveLength(1)
  expect(heard.at(-1)?.heard).toBe('w0 w1 w2 w3')
  await clock.advance(5_000)
})

test('a voice that is turned down goes on without a gap, and one that is held from its last word', async () => {
  const { clock, line, speaks, playedMs, cleared, hushes } = open()
  const { heard, over } = speaks(10)
  await clock.advance(500)
  line.voice('ducked')
  await clock.advance(100)
  line.voice('full')
  await clock.advance(100)
  // Sound at another level follows at once.
  expect(hushes()).toBe(0)
  line.voice('held')
  await clock.advance(1_000)
  const sent = playedMs.length
  await clock.advance(1_000)
  expect(playedMs).toHaveLength(sent)
  expect(hushes()).toBe(1)
  line.voice('full')
  await clock.advance(3_000)
  await over
  expect(heard.at(-1)?.heard).toBe('w0 w1 w2 w3 w4 w5 w6 w7 w8 w9')
  expect(cleared()).toBe(3)
  expect(hushes()).toBe(1)
})

test('the longer the network’s round trip, the later counts as heard', async () => {
  const { clock, notes, speaks } = open()
  await clock.advance(10_000)
  expect(notes).toEqual([{ kind: 'network', lossPercent: 0, jitterMs: 3, roundTripMs: 100 }])
  const { heard, over } = speaks(3)
  await clock.advance(600 + PATH_MS + 49)
  expect(heard.at(-1)?.heard).toBe('w0 w1')
  await clock.advance(2)
  await over
  expect(heard.at(-1)?.heard).toBe('w0 w1 w2')
})

test('sound is dated by when it came, steadily, and nothing is left after the line is closed', async () => {
  const { clock, line, came, closed, lifetime, reading } = open()
  for (let i = 0; i < 100; i++) {
    line.sound(new Int16Array(320).fill(i))
    await clock.advance(20)
  }
  const times = came.flatMap(inbound => (inbound.kind === 'audio' ? [inbound.frame.atMs] : []))
  expect(times).toHaveLength(100)
  for (const [i, atMs] of times.entries()) if (i > 0) expect(atMs - (times[i - 1] ?? 0)).toBeCloseTo(20, 1)
  await line.close('hang-up')
  line.sound(new Int16Array(320))
  line.lost('late')
  lifetime.abort(new Error('over'))
  await reading
  expect(closed).toEqual(['hang-up'])
  expect(came).toHaveLength(100)
  expect(clock.pending).toBe(0)
})

test('a person who leaves ends the line once', async () => {
  const { clock, line, came, reading } = open()
  line.lost('the tab was closed')
  line.gone('twice')
  await clock.advance(0)
  await reading
  expect(came).toEqual([{ kind: 'lost', why: 'the tab was closed' }])
  expect(clock.pending).toBe(0)
})

test('where the page hears the person first, the agent waits, and goes on from its last heard word if that was nothing', async () => {
  const { clock, line, speaks, playedMs, hushes, notes } = open()
  const { heard, over } = speaks(10)
  await clock.advance(750)
  line.spokenOver()
  line.spokenOver()
  const sent = playedMs.length
  await clock.advance(499)
  expect(playedMs).toHaveLength(sent)
  await clock.advance(2)
  expect(playedMs.length).toBeGreaterThan(sent)
  await clock.advance(3_000)
  await over
  expect(heard.at(-1)?.heard).toBe('w0 w1 w2 w3 w4 w5 w6 w7 w8 w9')
  expect(notes.filter(({ kind }) => kind === 'spoken-over')).toHaveLength(1)
  // The page was silent by itself, and nobody tells it that it was right.
  expect(hushes()).toBe(0)
})

test('a page that was right is told so, and the agent waits for as long as the conversation wants', async () => {
  const { clock, line, speaks, playedMs, hushes } = open()
  const { heard, over } = speaks(10)
  await clock.advance(750)
  line.spokenOver()
  // What the conversation says meanwhile of another thing changes nothing.
  line.voice('full')
  await clock.advance(200)
  line.voice('held')
  expect(hushes()).toBe(1)
  const sent = playedMs.length
  await clock.advance(2_000)
  expect(playedMs).toHaveLength(sent)
  line.voice('full')
  await clock.advance(3_000)
  await over
  expect(heard.at(-1)?.heard).toBe('w0 w1 w2 w3 w4 w5 w6 w7 w8 w9')
})

test('a page that hears the person while the agent is silent, or held already, changes nothing', async () => {
  const { clock, line, speaks, notes } = open()
  line.spokenOver()
  const { over } = speaks(5)
  await clock.advance(300)
  line.voice('held')
  line.spokenOver()
  await clock.advance(600)
  line.voice('full')
  await clock.advance(3_000)
  await over
  line.spokenOver()
  expect(notes.filter(({ kind }) => kind === 'spoken-over')).toEqual([])
  await line.close('hang-up')
})

test('a line that is closed while the page is being judged leaves no wait behind', async () => {
  const { clock, line, speaks } = open()
  const { over, stop } = speaks(5)
  await clock.advance(300)
  line.spokenOver()
  await line.close('hang-up')
  stop()
  await clock.advance(0)
  await over
  line.spokenOver()
})
