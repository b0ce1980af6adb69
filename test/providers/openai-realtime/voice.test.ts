import { afterAll, afterEach, expect, test } from 'vitest'
import { encodeMulaw } from '../../../src/audio/mulaw.ts'
import type { Speech, TextToSpeech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { ProviderError } from '../../../src/errors.ts'
import { ResponseSound } from '../../../src/providers/openai-realtime/response-sound.ts'
import { realtimeVoice } from '../../../src/providers/openai-realtime/voice.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const OF = { reply: 1, part: 0 }
const BROKEN = new ProviderError('OpenAI Realtime', 'the session is gone', { retryable: true })
const time = openVirtualTime()
afterEach(() => expect(time.clock.sleepers).toBe(0))
afterAll(time.close)

/** A second of voice, without a pause, as the service sends it. */
const SECOND = Buffer.from(encodeMulaw(Int16Array.from({ length: 8_000 }, (_, i) => 8_000 * Math.sin(i / 3)))).toString(
  'base64',
)

function opened() {
  const released: string[] = []
  const sound = new ResponseSound(8_000, () => released.push('released'))
  const asked: string[] = []
  const other: TextToSpeech = {
    async *speak(text) {
      for await (const piece of text) {
        asked.push(piece)
        yield { kind: 'words', words: [{ text: piece, startMs: 0, endMs: 100 }] }
        yield { kind: 'audio', frame: { pcm: new Int16Array(800), rateHz: 8_000 } }
      }
    },
  }
  const voice = realtimeVoice({ has: () => true, take: () => sound }, other, time.clock)
  const pieces = new Queue<string>(100)
  const made: Speech[] = []
  const life = new AbortController()
  async function speak(): Promise<void> {
    for await (const one of voice.speak(pieces, life.signal, OF)) made.push(one)
  }
  const soundMs = (): number =>
    made.reduce((sum, one) => sum + (one.kind === 'audio' ? one.frame.pcm.length / 8 : 0), 0)
  const words = () => made.flatMap(one => (one.kind === 'words' ? one.words : []))
  const later = (ms: number) => time.passing(time.clock.sleep(ms, life.signal))
  return { sound, released, asked, pieces, speak, soundMs, words, later }
}

test('no sound is passed on before its text, and not much more than the text so far can need', async () => {
  const { sound, pieces, speak, soundMs, later, words } = opened()
  const spoken = speak()
  sound.says('Yes, we do. And there is a lot more to be said of that, as you will hear in a moment, if you wait.')
  for (let second = 0; second < 8; second++) sound.add(SECOND)
  sound.end({ kind: 'whole' })
  await later(200)
  expect(soundMs()).toBe(0)
  pieces.push('Yes, we do. ')
  await later(200)
  expect(soundMs()).toBeGreaterThan(1_000)
  expect(soundMs()).toBeLessThan(5_000)
  pieces.push('And there is a lot more to be said of that, as you will hear in a moment, if you wait.')
  pieces.close()
  await time.passing(spoken)
  expect(soundMs()).toBe(8_000)
  expect(words()).toHaveLength(24)
  expect(words().at(-1)?.endMs).toBeCloseTo(8_000, -2)
})

test('an answer that came in writing is spoken by the other voice', async () => {
  const { sound, pieces, speak, asked } = opened()
  sound.writes()
  sound.end({ kind: 'whole' })
  pieces.push('It is open. ')
  pieces.push('Come in.')
  pieces.close()
  await time.passing(speak())
  expect(asked).toEqual(['It is open. ', 'Come in.'])
})

test('where the sound breaks off the other voice says what was not heard, and what comes after it', async () => {
  const { sound, pieces, speak, asked, words, soundMs, later } = opened()
  const spoken = speak()
  sound.says('One two three four five six seven eight nine ten. ')
  sound.add(SECOND)
  pieces.push('One two three four five six seven eight nine ten. ')
  await later(100)
  sound.end({ kind: 'broken', error: BROKEN })
  await later(100)
  pieces.push('Eleven.')
  pieces.close()
  await time.passing(spoken)
  const text = words()
    .map(word => word.text)
    .join(' ')
  expect(text.replaceAll('  ', ' ')).toBe('One two three four five six seven eight nine ten. Eleven.')
  expect(asked).toHaveLength(2)
  expect(asked[1]).toBe('Eleven.')
  expect(soundMs()).toBe(1_200)
  // The other voice counts from its own beginning.
  expect(words().at(-1)?.startMs).toBe(1_000)
})

test('a response that has no sound at all, since it was cancelled or failed, is said by the other voice', async () => {
  const { sound, pieces, speak, asked } = opened()
  sound.end({ kind: 'broken', error: BROKEN })
  pieces.push('Another model says this.')
  pieces.close()
  await time.passing(speak())
  expect(asked).toEqual(['Another model says this.'])
})

test('sound that is owed and does not come fails, and may be tried again', async () => {
  const { sound, pieces, speak, released } = opened()
  sound.says('It is open.')
  sound.add(SECOND)
  pieces.push('It is open.')
  pieces.close()
  await expect(time.passing(speak())).rejects.toMatchObject({ retryable: true, message: /no sound came/ })
  expect(released).toEqual(['released'])
})

test('whoever waits for text is owed no sound', async () => {
  const { sound, pieces, speak, later, soundMs } = opened()
  const spoken = speak()
  sound.says('It is open. Come in.')
  for (let second = 0; second < 4; second++) sound.add(SECOND)
  pieces.push('It is open. ')
  await later(20_000)
  pieces.push('Come in.')
  pieces.close()
  sound.end({ kind: 'whole' })
  await time.passing(spoken)
  expect(soundMs()).toBe(4_000)
})

test('what the other voice speaks is charged to whoever speaks it now, also after another took over', () => {
  const other = {
    by: 'cartesia',
    speak: async function* (): AsyncGenerator<Speech> {
      yield* []
    },
  }
  const voice = realtimeVoice({ has: () => false, take: () => undefined }, other, time.clock)
  expect(voice.by).toBe('cartesia')
  other.by = 'elevenlabs'
  expect(voice.by).toBe('elevenlabs')
})
