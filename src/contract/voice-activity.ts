import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import type { CallerFrame, VoiceActivity, VoiceEvent } from '../conversation/ports.ts'
import type { Check, Opened, Subject } from './check.ts'
import { joined, silence } from './sounds.ts'
import { assertIdle, withOpened } from './uses.ts'

/** What the detector is tried with. */
export interface VoiceActivityHas {
  /** A sentence of a real or made voice at 8 kHz, without silence at its ends. */
  readonly sentence: Int16Array
  /** The same at 16 kHz. */
  readonly sentence16k: Int16Array
}

type Detector = Opened<VoiceActivity>

/** Starts and ends may be off by this. */
const OFF_MS = 250
const BEFORE_MS = 1_000
const AFTER_MS = 2_000
/** Frames carry times of the Clock, which do not begin at 0. */
const FIRST_MS = 70_000

/** Sound as frames, all at once. */
async function* frames(
  pcm: Int16Array,
  {
    rateHz = 8_000,
    frameMs = 20,
    firstMs = FIRST_MS,
    signal,
  }: Partial<CallerFrame> & {
    readonly frameMs?: number
    readonly firstMs?: number
    readonly signal?: AbortSignal
  } = {},
): AsyncGenerator<CallerFrame> {
  const samples = (rateHz * frameMs) / 1_000
  for (let at = 0; at < pcm.length && !signal?.aborted; at += samples)
    yield { pcm: pcm.subarray(at, at + samples), rateHz, atMs: firstMs + (at / rateHz) * 1_000 }
}

/** So many samples of the hum of a line. */
const hum = (samples: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, i) => Math.round(60 * Math.sin((2 * Math.PI * 50 * i) / 8_000)))

/** What every voice activity detector must do. */
export function voiceActivityChecks(subject: Subject<VoiceActivity, VoiceActivityHas>): readonly Check[] {
  const { sentence, sentence16k } = subject.has
  const sentenceMs = sentence.length / 8
  const talk = joined(silence(BEFORE_MS, 8_000), sentence, silence(AFTER_MS, 8_000))
  const check = (name: string, run: (opened: Detector) => Promise<void>): Check => ({
    name,
    run: () => withOpened(subject, {}, run),
  })
  async function detected(opened: Detector, audio: AsyncIterable<CallerFrame>): Promise<readonly VoiceEvent[]> {
    const lifetime = new AbortController()
    const idle = opened.busy()
    const found = await opened.passing(Array.fromAsync(opened.provider.detect(audio, lifetime.signal)))
    await assertIdle(opened, idle, 'after the last sound', lifetime.signal)
    return found
  }
  /** One sentence was found where it is. */
  function assertFound(found: readonly VoiceEvent[], firstMs: number, when: string): void {
    assert.equal(found[0]?.kind, 'speech-start', `${when}: it begins with ${found[0]?.kind}`)
    assert.equal(found.at(-1)?.kind, 'speech-end', `${when}: the speech does not end`)
    const times = found.map(event => (event.kind === 'speech-start' ? event.firstVoicedMs : event.lastVoicedMs))
    assert(
      found.every(({ kind }, i) => kind === (i % 2 === 0 ? 'speech-start' : 'speech-end')),
      `${when}: no turns`,
    )
    assert(
      times.every((at, i) => at >= (times[i - 1] ?? 0)),
      `${when}: times go back: ${times}`,
    )
    const [startMs, endMs] = [times[0] ?? 0, times.at(-1) ?? 0]
    const isNear = (ms: number, soundMs: number): boolean => Math.abs(ms - soundMs) <= OFF_MS
    assert(isNear(startMs, firstMs), `${when}: it begins at ${startMs} and not at ${firstMs}`)
    assert(isNear(endMs, firstMs + sentenceMs), `${when}: it ends at ${endMs} and not at ${firstMs + sentenceMs}`)
  }

  return [
    check('a sentence begins and ends where it does', async opened => {
      assertFound(await detected(opened, frames(talk)), FIRST_MS + BEFORE_MS, 'a sentence')
    }),
    check('each of two sentences is found', async opened => {
      const found = await detected(opened, frames(joined(talk, talk)))
      const second = found.findIndex(
        event => event.kind === 'speech-start' && event.firstVoicedMs > FIRST_MS + BEFORE_MS + sentenceMs + OFF_MS,
      )
      assertFound(found.slice(0, second), FIRST_MS + BEFORE_MS, 'the first')
      assertFound(found.slice(second), FIRST_MS + talk.length / 8 + BEFORE_MS, 'the second')
    }),
    check('silence and the hum of a line are no speech', async opened => {
      assert.deepEqual(await detected(opened, frames(joined(silence(10_000, 8_000), hum(8 * 5_000)))), [])
    }),
    check('frames of any length are heard', async opened => {
      for (const frameMs of [10, 30, 32, 100])
        assertFound(await detected(opened, frames(talk, { frameMs })), FIRST_MS + BEFORE_MS, `frames of ${frameMs} ms`)
    }),
    check('sound of a browser, at 16 kHz, is heard as well', async opened => {
      const wide = joined(silence(BEFORE_MS, 16_000), sentence16k, silence(AFTER_MS, 16_000))
      assertFound(await detected(opened, frames(wide, { rateHz: 16_000 })), FIRST_MS + BEFORE_MS, 'at 16 kHz')
    }),
    check('times are those of the frames, also after a hole in the line', async opened => {
      async function* holed(): AsyncGenerator<CallerFrame> {
        yield* frames(silence(500, 8_000))
        yield* frames(talk, { firstMs: FIRST_MS + 3_500 })
      }
      assertFound(await detected(opened, holed()), FIRST_MS + 3_500 + BEFORE_MS, 'after a hole')
    }),
    check('calls at the same time do not hear each other', async opened => {
      // No silence anywhere: a detector may leave that out.
      const quiet = hum(talk.length)
      const humming = joined(hum(BEFORE_MS * 8), sentence, hum(AFTER_MS * 8))
      const signal = new AbortController().signal
      const found = await opened.passing(
        Promise.all([humming, quiet, humming].map(pcm => Array.fromAsync(opened.provider.detect(frames(pcm), signal)))),
      )
      assert.deepEqual(found[1], [])
      const alone = await detected(opened, frames(humming))
      assertFound(alone, FIRST_MS + BEFORE_MS, 'alone')
      for (const one of [found[0], found[2]]) assert.deepEqual(one, alone, 'beside another call')
    }),
    check('an abort at any moment ends it and leaves nothing', async opened => {
      const idle = opened.busy()
      for (const at of [0, 1, 2, 10, 60, 100]) {
        const lifetime = new AbortController()
        const { signal } = lifetime
        async function* paced(): AsyncGenerator<CallerFrame> {
          let count = 0
          for await (const frame of frames(talk, { signal })) {
            if (count++ === at) lifetime.abort(new Error('the call is over'))
            yield frame
          }
        }
        const all = Array.fromAsync(opened.provider.detect(paced(), signal))
        await opened.passing(all.catch(error => assert(signal.aborted, `it threw ${error}`)))
        assert.equal(getEventListeners(signal, 'abort').length, 0, 'listeners are left')
        await assertIdle(opened, idle, `aborted at frame ${at}`)
      }
    }),
    check('who stops listening ends the sound as well', async opened => {
      let isOver = false
      async function* audio(): AsyncGenerator<CallerFrame> {
        try {
          yield* frames(joined(talk, talk))
        } finally {
          isOver = true
        }
      }
      async function hearOne(): Promise<void> {
        for await (const _ of opened.provider.detect(audio(), new AbortController().signal)) return
      }
      await opened.passing(hearOne())
      assert(isOver, 'the sound goes on')
    }),
  ]
}
