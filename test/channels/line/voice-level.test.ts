import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS } from './far-end.ts'

/** A line on which marks return `echoMs` after their time. */
function talking(echoMs = 0) {
  const end = new FarEnd()
  end.echoMs = echoMs
  const speech = end.begin()
  speech.words(...evenWords(20, 200))
  speech.tone(4_000)
  speech.end()
  return { end, speech }
}

/** The peaks of the frames that play from `fromMs` on. */
const peaksFrom = (end: FarEnd, fromMs: number): readonly number[] =>
  end.onTheLine().flatMap(({ playsAtMs, peak }) => (playsAtMs >= fromMs ? [peak] : []))

test('a ducked voice goes on where it is, 20 dB lower, with no sample lost or repeated', async () => {
  const { end, speech } = talking()
  await end.clock.advance(1_005)
  end.playout.voice('ducked')
  await end.clock.advance(500)
  expect(end.sent.filter(({ kind }) => kind === 'clear')).toEqual([{ kind: 'clear', atMs: 1_005 }])
  expect(end.onTheLine().map(({ playsAtMs }) => playsAtMs)).toEqual(end.onTheLine().map((_, i) => i * FRAME_MS))
  expect(end.onTheLine().map(({ number }) => number)).toEqual(end.onTheLine().map((_, i) => i))
  const [before, after] = [Math.min(...peaksFrom(end, 0).slice(0, 51)), Math.max(...peaksFrom(end, 1_020))]
  expect(20 * Math.log10(before / after)).toBeGreaterThan(19)
  end.playout.voice('full')
  await end.clock.advance(5_000)
  expect(Math.min(...peaksFrom(end, 1_520))).toBe(before)
  expect(speech.last()).toMatchObject({ heardMs: 4_000 })
  expect(speech.isOver).toBe(true)
  expect(end.clock.pending).toBe(0)
})

test('sound that is ducked replaces the louder sound in the recording', async () => {
  const { end, speech } = talking(60)
  await end.clock.advance(1_005)
  end.playout.voice('ducked')
  await end.clock.advance(100)
  // 1,005 ms after frame 0 was sent, 51 frames have started to play; with the lag they are heard 60 ms later.
  expect(end.cuts).toEqual([51 * FRAME_MS + 60])
  expect(end.recorded.findLast(({ number }) => number === 51)?.playsAtMs).toBe(51 * FRAME_MS + 60)
  speech.abort()
  await speech.ended
  end.close()
})

test('a held voice is silent at once, and resumes from its last heard word', async () => {
  const { end, speech } = talking()
  await end.clock.advance(1_110)
  end.playout.voice('held')
  await end.clock.advance(700)
  expect(end.onTheLine().length).toBe(56)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1 w2 w3 w4', heardMs: 1_120 })
  end.playout.voice('full')
  await end.clock.advance(20)
  const again = end.onTheLine().slice(56)
  expect(again[0]).toMatchObject({ playsAtMs: 1_810, number: 50 })
  await end.clock.advance(5_000)
  expect(
    end
      .onTheLine()
      .slice(56)
      .map(({ number }) => number),
  ).toEqual(Array.from({ length: 150 }, (_, i) => (50 + i) % 160))
  const heard = speech.heard.map(({ heardMs }) => heardMs)
  expect(heard).toEqual(heard.toSorted((a, b) => a - b))
  expect(speech.last()).toMatchObject({ heardMs: 4_000 })
  expect(end.late.filter(ms => ms > 0)).toEqual([])
  expect(end.clock.pending).toBe(0)
})

test('a word that was heard before a hold stays heard, also where the voice has yet to say it again', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.words({ text: 'Sure', startMs: 0, endMs: 300 }, { text: 'your', startMs: 700, endMs: 900 })
  speech.tone(2_000)
  speech.end()
  await end.clock.advance(500)
  end.playout.voice('held')
  await end.clock.advance(600)
  end.playout.voice('full')
  await end.clock.advance(100)
  speech.abort()
  await speech.ended
  expect(speech.last()).toMatchObject({ heard: 'Sure' })
  end.close()
})

test('a voice that is held from its start waits, and one that is held to its end is never heard', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  end.playout.voice('held')
  const speech = end.begin()
  speech.tone(500)
  await end.clock.advance(1_000)
  expect(end.sent).toEqual([])
  end.playout.voice('full')
  await end.clock.advance(100)
  expect(end.onTheLine()[0]).toMatchObject({ playsAtMs: 1_000, number: 0 })
  end.playout.voice('held')
  speech.abort()
  await speech.ended
  const second = end.begin()
  second.tone(500)
  await end.clock.advance(500)
  second.abort()
  await second.ended
  expect(second.heard).toEqual([])
  end.close()
})

test('a voice that was heard to its end does not resume', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.words(...evenWords(2, 200))
  speech.tone(400)
  speech.end()
  await end.clock.advance(500)
  end.playout.voice('held')
  await end.clock.advance(100)
  end.playout.voice('full')
  await end.clock.advance(2_000)
  expect(end.onTheLine()).toHaveLength(20)
  expect(speech.isOver).toBe(true)
})

test('a last mark that was cleared is sent again', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.tone(400)
  speech.end()
  await end.clock.advance(395)
  end.playout.voice('ducked')
  expect(end.sent.at(-1)?.kind).toBe('mark')
  await end.clock.advance(10)
  expect(speech.isOver).toBe(true)
  await end.clock.advance(0)
  const other = end.begin()
  other.tone(400)
  other.end()
  await end.clock.advance(385)
  end.playout.voice('full')
  await end.clock.advance(40)
  expect(other.isOver).toBe(true)
  expect(other.last()).toMatchObject({ heardMs: 400 })
})

test('on a line that stalls, sound without a returned mark is sent again', async () => {
  const { end, speech } = talking(undefined)
  end.echoMs = undefined
  await end.clock.advance(300)
  end.playout.marked('1.12')
  await end.clock.advance(1_705)
  end.playout.voice('ducked')
  await end.clock.advance(0)
  expect(end.onTheLine().at(-1)?.number).toBe(24 + 10)
  speech.abort()
  await speech.ended
})

test('an aborted voice is cleared once, even if its level changes then', async () => {
  const { end, speech } = talking()
  await end.clock.advance(1_000)
  speech.abort()
  end.playout.voice('ducked')
  await speech.ended
  expect(end.sent.filter(({ kind }) => kind === 'clear')).toHaveLength(1)
  end.close()
})

test('a mark that returns after a gap in the sound does not make the lag seem smaller than it is', async () => {
  const end = new FarEnd()
  end.echoMs = 300
  const halting = end.begin()
  halting.tone(240)
  await end.clock.advance(440)
  halting.tone(240)
  halting.end()
  await end.clock.advance(2_000)
  expect(halting.isOver).toBe(true)
  const speech = end.begin()
  speech.words(...evenWords(20, 200))
  speech.tone(4_000)
  await end.clock.advance(535)
  end.playout.voice('held')
  await end.clock.advance(1_000)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 540 })
  speech.abort()
  await speech.ended
  end.close()
})
