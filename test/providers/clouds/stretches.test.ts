import { expect, onTestFinished, test } from 'vitest'
import type { Transcript } from '../../../src/conversation/ports.ts'
import { inStretches, type StretchEvents } from '../../../src/providers/clouds/stretches.ts'
import { FakeClock } from '../../fakes/clock.ts'

const FRAME = 160
const MOST_MS = 60_000

/** A session over a service that the test plays. Its sound is numbered: each frame's samples are the frame's number. */
async function open() {
  const clock = new FakeClock()
  const begun: { readonly events: StretchEvents; readonly frames: number[]; isEnded: boolean; isDropped: boolean }[] =
    []
  const heard: Transcript[] = []
  const failures: string[] = []
  const socket = inStretches(
    {
      ...{ rateHz: 8_000, mostMs: MOST_MS },
      open: async () => undefined,
      begin(events) {
        const stretch = { events, frames: [] as number[], isEnded: false, isDropped: false }
        begun.push(stretch)
        return {
          sound: pcm => stretch.frames.push(...(pcm[0] === undefined ? [] : [pcm[0]])),
          end: () => {
            stretch.isEnded = true
          },
          drop: () => {
            stretch.isDropped = true
          },
        }
      },
      close: () => undefined,
    },
    clock,
    {
      heard: transcript => transcript && heard.push(transcript),
      failed: (why, retryable) => failures.push(`${why}, ${retryable}`),
    },
  )
  await socket.open()
  onTestFinished(() => socket.close())
  let frame = 0
  /** Sends frames of 20 ms as time passes. */
  async function sounding(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      socket.sound(new Int16Array(FRAME).fill(++frame))
      await clock.advance(20)
    }
  }
  const stretch = (at: number) => {
    const found = begun[at]
    if (!found) throw new Error(`only ${begun.length} stretches were begun`)
    return found
  }
  return { clock, socket, begun, stretch, heard, failures, sounding }
}

const final = (text: string, ended = true): Transcript => ({ text, final: true, ended })
const interim = (text: string): Transcript => ({ text, final: false, ended: false })

test('a flush ends the stretch, and the sound that comes meanwhile is the beginning of the next one', async () => {
  const { socket, stretch, begun, heard, sounding } = await open()
  await sounding(3)
  socket.flush()
  expect(stretch(0).isEnded).toBe(true)
  await sounding(2)
  stretch(0).events.heard(final('Hello.'))
  expect(begun).toHaveLength(1)
  stretch(0).events.ended('answered')
  await sounding(1)
  expect([stretch(0).frames, stretch(1).frames]).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
  // The service did not find the end by itself, so it says nothing about the caller.
  expect(heard).toEqual([final('Hello.', false)])
})

test('a flush that comes while a stretch ends is for the sound before it', async () => {
  const { socket, stretch, sounding } = await open()
  await sounding(1)
  socket.flush()
  await sounding(2)
  socket.flush()
  await sounding(1)
  stretch(0).events.heard(final('One.'))
  stretch(0).events.ended('answered')
  expect([stretch(1).frames, stretch(1).isEnded]).toEqual([[2, 3], true])
  stretch(1).events.heard(final('Two.'))
  stretch(1).events.ended('answered')
  expect([stretch(2).frames, stretch(2).isEnded]).toEqual([[4], false])
})

test('a service that ends a stretch by itself gets the sound again whose words were not final', async () => {
  const { stretch, heard, failures, sounding } = await open()
  await sounding(60)
  stretch(0).events.heard(final('One two.'), 1_000)
  stretch(0).events.heard(interim('three'))
  stretch(0).events.ended('answered')
  expect(stretch(1).frames).toEqual([51, 52, 53, 54, 55, 56, 57, 58, 59, 60])
  stretch(1).events.heard(final('Three.'))
  expect(heard.filter(one => one.final)).toEqual([final('One two.'), final('Three.')])
  expect(failures).toEqual([])
})

test('a service that ends what it has just begun has failed', async () => {
  const { stretch, failures, sounding } = await open()
  await sounding(2)
  stretch(0).events.ended('answered')
  expect(failures).toEqual(['the service ends what it has just begun, true'])
})

test('words that were never called final are, when their stretch has ended', async () => {
  const { socket, stretch, heard, sounding } = await open()
  await sounding(1)
  stretch(0).events.heard(interim('hello'))
  socket.flush()
  stretch(0).events.ended('answered')
  expect(heard).toEqual([interim('hello'), final('hello', false)])
})

test('a service that is silent is asked for an end, and one that does not answer has failed', async () => {
  const { clock, stretch, failures, sounding } = await open()
  await sounding(250)
  expect(stretch(0).isEnded).toBe(false)
  await sounding(2)
  expect(stretch(0).isEnded).toBe(true)
  await clock.advance(3_900)
  expect(failures).toEqual([])
  await clock.advance(200)
  expect(failures).toEqual(['no last words within 4000 ms, true'])
})

test('after a silence without words the next stretch begins with its last second: a word may begin there', async () => {
  const { stretch, sounding } = await open()
  await sounding(252)
  stretch(0).events.ended('answered')
  expect(stretch(1).frames).toEqual(Array.from({ length: 50 }, (_, i) => 203 + i))
})

test('a silent service is not asked for an end in the middle of a word, but noise puts that off for 15 s at most', async () => {
  const { clock, socket, stretch, sounding } = await open()
  const noise = async (ms: number) => {
    for (let i = 0; i < ms; i += 20) {
      socket.sound(new Int16Array(FRAME).fill(8_000))
      await clock.advance(20)
    }
  }
  await sounding(245)
  await noise(300)
  // The closure of a "t" is no pause.
  await sounding(5)
  await noise(300)
  await sounding(40)
  expect(stretch(0).isEnded).toBe(false)
  await sounding(2)
  expect(stretch(0).isEnded).toBe(true)
  stretch(0).events.ended('answered')
  await noise(19_900)
  expect(stretch(1).isEnded).toBe(false)
  await noise(200)
  expect(stretch(1).isEnded).toBe(true)
})

test('a stretch that is due is not cut while a word is said of which the service has told nothing yet', async () => {
  const { clock, socket, stretch } = await open()
  for (let ms = 0; ms <= MOST_MS; ms += 500) {
    socket.sound(new Int16Array(FRAME).fill(8_000))
    stretch(0).events.heard()
    await clock.advance(500)
  }
  socket.sound(new Int16Array(FRAME).fill(8_000))
  socket.sound(new Int16Array(FRAME))
  expect(stretch(0).isEnded).toBe(false)
  await clock.advance(1_000)
  socket.sound(new Int16Array(FRAME))
  expect(stretch(0).isEnded).toBe(true)
})

test('a connection that ends while the last words are awaited has its sound sent again, once', async () => {
  const { socket, stretch, heard, failures, sounding } = await open()
  await sounding(60)
  stretch(0).events.heard(final('One two.'), 1_000)
  stretch(0).events.heard(interim('three'))
  socket.flush()
  await sounding(2)
  stretch(0).events.ended('torn')
  expect(stretch(1)).toMatchObject({ frames: [51, 52, 53, 54, 55, 56, 57, 58, 59, 60], isEnded: true })
  stretch(1).events.heard(final('Three.'))
  stretch(1).events.ended('answered')
  expect(stretch(2)).toMatchObject({ frames: [61, 62], isEnded: false })
  expect(heard.filter(one => one.final)).toEqual([final('One two.'), final('Three.', false)])
  socket.flush()
  stretch(2).events.ended('torn')
  expect(failures).toEqual([])
  stretch(3).events.ended('torn')
  expect(failures).toEqual(['the connection ends again and again before the last words, true'])
})

test('a stretch that is as long as it may be ends in a pause, or at last in the middle of words', async () => {
  for (const hasPause of [true, false]) {
    const { clock, socket, stretch } = await open()
    const loud = new Int16Array(FRAME).fill(8_000)
    for (let ms = 0; ms <= MOST_MS + 1_000; ms += 1_000) {
      socket.sound(loud)
      stretch(0).events.heard(interim('and on and on'))
      await clock.advance(1_000)
    }
    expect(stretch(0).isEnded).toBe(false)
    if (hasPause) socket.sound(new Int16Array(FRAME))
    else {
      for (let ms = 0; ms < 15_000; ms += 1_000) {
        socket.sound(loud)
        stretch(0).events.heard()
        await clock.advance(1_000)
      }
    }
    expect(stretch(0).isEnded).toBe(true)
  }
})

test('what is said after the close is not heard, and nothing is left running', async () => {
  const { clock, socket, stretch, begun, heard, failures, sounding } = await open()
  await sounding(1)
  socket.flush()
  socket.close()
  stretch(0).events.heard(final('Hello.'))
  stretch(0).events.ended('answered')
  await clock.advance(10_000)
  expect([stretch(0).isDropped, begun.length, heard, failures, clock.pending]).toEqual([true, 1, [], [], 0])
})
