import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evenWords, FarEnd, FRAME_MS } from './far-end.ts'

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
