import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS } from './far-end.ts'

/** Frames are sent this much before their deadline. */
const EARLY_MS = 8

test('200 ms are sent at once, and each later frame slightly more than 200 ms before it plays', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(1_000)
  await end.clock.advance(1_000)
  expect(end.media()).toEqual(Array.from({ length: 50 }, (_, i) => Math.max(0, i * FRAME_MS - 200 - EARLY_MS)))
  expect(end.sent.every(some => some.kind !== 'media' || some.samples === 160)).toBe(true)
  expect(end.recorded.map(({ playsAtMs }) => playsAtMs)).toEqual(Array.from({ length: 50 }, (_, i) => i * FRAME_MS))
  speech.abort()
  await speech.ended
})

test('deadlines are absolute: late wake-ups do not add up', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(60_000)
  for (let i = 0; i < 2_000; i++) await end.clock.advance(7.3)
  const sent = end.media()
  expect(sent.length).toBe(Math.floor((end.nowMs + 200 + EARLY_MS) / FRAME_MS) + 1)
  for (const [i, atMs] of sent.entries()) expect(atMs).toBeCloseTo(Math.max(0, i * FRAME_MS - 200 - EARLY_MS), 6)
  speech.abort()
  await speech.ended
})

test('sound in pieces of any size is split into whole frames, and the last one is padded with silence', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }), async pieces => {
      const end = new FarEnd()
      end.echoMs = 5
      const speech = end.begin()
      for (const samples of pieces)
        speech.voice.push({ kind: 'audio', frame: { pcm: new Int16Array(samples), rateHz: 8_000 } })
      speech.end()
      await end.clock.advance(5_000)
      const samples = pieces.reduce((sum, some) => sum + some, 0)
      expect(end.recorded.map(({ samples }) => samples)).toEqual(new Array(Math.ceil(samples / 160)).fill(160))
      expect(speech.isOver).toBe(true)
      expect(end.clock.pending).toBe(0)
    }),
    { numRuns: 50 },
  )
})

test('a mark is sent after every twelve frames and after the last one', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.sound(1_000)
  speech.end()
  await end.clock.advance(2_000)
  expect(end.marks()).toEqual(['1.12', '1.24', '1.36', '1.48', '1.50'])
  const order = end.sent.map(some => some.kind)
  expect(order.indexOf('mark')).toBe(12)
  expect(order.at(-1)).toBe('mark')
  expect(speech.isOver).toBe(true)
})

test('after a voice runs dry, time starts again with a new lead', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(400)
  await end.clock.advance(1_000)
  speech.sound(400)
  await end.clock.advance(1_000)
  const again = end.media().slice(20)
  expect(again).toEqual(Array.from({ length: 20 }, (_, i) => 1_000 + Math.max(0, i * FRAME_MS - 200 - EARLY_MS)))
  expect(end.recorded[20]?.playsAtMs).toBe(1_000)
  expect(end.late.filter(ms => ms > 0)).toEqual([])
  speech.abort()
  await speech.ended
})

test('a voice that is late, but not too late for the line, keeps its timing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(400)
  await end.clock.advance(390)
  speech.sound(400)
  await end.clock.advance(1)
  expect(end.recorded[20]?.playsAtMs).toBe(400)
  expect(end.late.filter(ms => ms > 0)).toEqual([])
  speech.abort()
  await speech.ended
})

test('what was heard is reported at least every 250 ms from the first frame on', async () => {
  const end = new FarEnd()
  end.echoMs = 5
  const speech = end.begin()
  speech.words(...evenWords(10, 200))
  speech.sound(2_000)
  speech.end()
  await end.clock.advance(4_000)
  const times = speech.heard.map(({ atMs }) => atMs)
  expect(times[0]).toBe(0)
  for (const [i, atMs] of times.entries()) expect(atMs - (times[i - 1] ?? 0)).toBeLessThanOrEqual(250)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9', heardMs: 2_000 })
})

test('nothing counts as heard after a mark that has not returned', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.words(...evenWords(10, 200))
  speech.sound(2_000)
  await end.clock.advance(1_500)
  expect(speech.last()).toMatchObject({ heard: 'w0', heardMs: 240 })
  end.playout.marked('1.12')
  await end.clock.advance(600)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 480 })
  speech.abort()
  await speech.ended
  expect(speech.last()).toMatchObject({ heard: 'w0 w1' })
})

test('a speech whose last mark never returns ends after a second, and only confirmed sound counts as heard', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.words(...evenWords(5, 200))
  speech.sound(1_000)
  speech.end()
  await end.clock.advance(1_000)
  end.playout.marked('1.12')
  await end.clock.advance(900)
  expect(speech.isOver).toBe(false)
  await end.clock.advance(300)
  expect(speech.isOver).toBe(true)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 480 })
  expect(end.clock.pending).toBe(0)
})

test('an abort clears the line at once and reports what was heard, to the word', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.words(...evenWords(10, 200))
  speech.sound(2_000)
  await end.clock.advance(999)
  speech.abort()
  await speech.ended
  expect(end.sent.at(-1)).toEqual({ kind: 'clear', atMs: 999 })
  expect(speech.last()).toMatchObject({ heard: 'w0 w1 w2 w3', heardMs: 999 })
  // The frame that has begun is played to its end.
  expect(end.cuts).toEqual([1_000])
  end.close()
  expect(end.clock.pending).toBe(0)
})

/** The second speech on a line of which the first has shown that a mark returns after 200 ms. */
async function afterAFirst() {
  const end = new FarEnd()
  end.echoMs = 200
  const first = end.begin()
  first.sound(240)
  first.end()
  await end.clock.advance(2_000)
  const speech = end.begin()
  speech.words(...evenWords(5, 100))
  return { end, speech }
}

test('what is on its way to a line of which the delay is known does not count as heard', async () => {
  const { end, speech } = await afterAFirst()
  speech.sound(500)
  await end.clock.advance(150)
  expect(speech.last()).toMatchObject({ heard: '', heardMs: 0 })
  await end.clock.advance(180)
  speech.abort()
  await speech.ended
  expect(speech.last()).toMatchObject({ heard: 'w0', heardMs: 130 })
  end.close()
})

test('a gap in the voice takes nothing away that was heard before it', async () => {
  const { end, speech } = await afterAFirst()
  end.echoMs = undefined
  speech.sound(200)
  await end.clock.advance(900)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 200 })
  speech.sound(300)
  await end.clock.advance(250)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1', heardMs: 200 })
  speech.abort()
  await speech.ended
  end.close()
})

test('after a pause in the voice, new sound does not count as heard before it is played', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.words(...evenWords(5, 240))
  speech.sound(240)
  await end.clock.advance(3_000)
  expect(speech.last()).toMatchObject({ heard: 'w0', heardMs: 240 })
  speech.sound(960)
  await end.clock.advance(100)
  speech.abort()
  await speech.ended
  expect(speech.last()).toMatchObject({ heard: 'w0', heardMs: 340 })
  end.close()
})

test('marks that return because of a clear are ignored', async () => {
  const end = new FarEnd()
  const first = end.begin()
  first.words(...evenWords(10, 200))
  first.sound(2_000)
  await end.clock.advance(500)
  first.abort()
  await first.ended
  const second = end.begin()
  second.words(...evenWords(10, 200))
  second.sound(2_000)
  await end.clock.advance(100)
  for (const name of ['1.12', '1.24', '1.36']) end.playout.marked(name)
  await end.clock.advance(400)
  expect(second.last()).toMatchObject({ heardMs: 240 })
  expect(first.last()).toMatchObject({ heard: 'w0', heardMs: 240 })
  second.abort()
  await second.ended
})

test.each(['', '1', '1.', '.12', '1.13', '1.9999', 'NaN.NaN', '1.-12', '1e0.99', 'x'.repeat(256)])(
  'the mark "%s", which was never sent, is ignored',
  async name => {
    const end = new FarEnd()
    const speech = end.begin()
    speech.sound(2_000)
    await end.clock.advance(1_000)
    end.playout.marked(name)
    await end.clock.advance(500)
    expect(speech.last()).toMatchObject({ heardMs: 240 })
    speech.abort()
    await speech.ended
  },
)

test('a repeated mark, or one after a later one, changes nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(2_000)
  await end.clock.advance(700)
  for (const name of ['1.24', '1.12', '1.24']) end.playout.marked(name)
  await end.clock.advance(10)
  speech.abort()
  await speech.ended
  expect(speech.last()).toMatchObject({ heardMs: 490 })
})

test('an abort before anything was sent sends no clear, cuts nothing and yields nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  await end.clock.advance(500)
  speech.abort()
  await speech.ended
  expect([end.sent, end.cuts, speech.heard, speech.error]).toEqual([[], [], [], undefined])
  expect(end.clock.pending).toBe(0)
})

test('an abort while the last mark is awaited still clears, and ends without an error', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(300)
  speech.end()
  await end.clock.advance(400)
  speech.abort()
  await speech.ended
  expect(end.sent.at(-1)?.kind).toBe('clear')
  expect(speech.error).toBeUndefined()
})

test('the sound of a voice that fails is played first, then its error is thrown', async () => {
  const end = new FarEnd()
  end.echoMs = 0
  const speech = end.begin()
  speech.words(...evenWords(2, 200))
  speech.sound(400)
  speech.voice.fail(new Error('the voice failed'))
  await end.clock.advance(390)
  expect(speech.isOver).toBe(false)
  await end.clock.advance(20)
  expect(speech.isOver).toBe(true)
  expect(speech.error).toEqual(new Error('the voice failed'))
  expect(end.media()).toHaveLength(20)
  expect(speech.last()).toMatchObject({ heard: 'w0 w1' })
  expect(end.clock.pending).toBe(0)
})

test('a voice that fails before its first sound throws at once and sends nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.voice.fail(new Error('no voice'))
  await end.clock.advance(0)
  expect([speech.error, end.sent, speech.heard]).toEqual([new Error('no voice'), [], []])
})

test('a speech without sound is over at once and yields nothing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.end()
  await end.clock.advance(0)
  expect([speech.isOver, end.sent, speech.heard]).toEqual([true, [], []])
})

test('a stall of the event loop is reported as lateness, even if the line ran dry meanwhile', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(4_000)
  await end.clock.advance(300)
  end.stall(130)
  await end.clock.advance(FRAME_MS)
  expect(Math.max(...end.late)).toBe(130 - EARLY_MS)
  await end.clock.advance(500)
  end.stall(700)
  await end.clock.advance(FRAME_MS)
  expect(Math.max(...end.late)).toBeGreaterThan(600)
  speech.abort()
  await speech.ended
})

test('for any order of sound, marks and abort, the heard time never shrinks or exceeds what was sent', async () => {
  const act = fc.oneof(
    fc.record({ do: fc.constant('sound' as const), ms: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1_500 }) }),
    fc.record({ do: fc.constant('mark' as const), ms: fc.integer({ min: 1, max: 5 }) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), fc.boolean(), async (acts, aborts) => {
      const end = new FarEnd()
      const speech = end.begin()
      let returned = 0
      for (const { do: what, ms } of acts) {
        if (what === 'sound') speech.sound(ms)
        if (what === 'pass') await end.clock.advance(ms)
        for (let i = 0; what === 'mark' && i < ms && returned < end.marks().length; i++)
          end.playout.marked(end.marks()[returned++] ?? '')
        const sentMs = end.media().length * FRAME_MS
        expect(speech.last()?.heardMs ?? 0).toBeLessThanOrEqual(sentMs)
      }
      if (aborts) speech.abort()
      else speech.end()
      for (let i = 0; i < 40 && !speech.isOver; i++) {
        await end.clock.advance(1_000)
        while (returned < end.marks().length) end.playout.marked(end.marks()[returned++] ?? '')
      }
      await speech.ended
      const heard = speech.heard.map(({ heardMs }) => heardMs)
      expect(heard).toEqual(heard.toSorted((a, b) => a - b))
      expect(end.clock.pending).toBe(0)
    }),
    { numRuns: 100 },
  )
})

test('marks that came during a stall of the process are read before they count as missing', async () => {
  const end = new FarEnd()
  const speech = end.begin()
  speech.sound(240)
  speech.words(...evenWords(2, 120))
  speech.end()
  await end.clock.advance(100)
  end.stall(6_000)
  await end.clock.advance(300)
  expect(speech.isOver).toBe(false)
  end.playout.marked('1.12')
  await end.clock.advance(1)
  expect(speech.isOver).toBe(true)
  expect(speech.last()?.heard).toBe('w0 w1')
})
