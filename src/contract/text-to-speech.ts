import assert from 'node:assert/strict'
import type { Speech, VoiceRateHz, Word } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import type { TextToSpeechProvider } from '../providers/entry.ts'
import { cancelChecks } from './cancel.ts'
import type { Breakable, Check, Opened, Subject } from './check.ts'
import { failureChecks } from './failures.ts'
import { plain } from './sounds.ts'
import { assertIdle, outcomeOf, told, type Use, withOpened } from './uses.ts'

/** What only some voices can do. */
export interface TextToSpeechHas extends Breakable {
  /** The service tells when each word sounds. Otherwise the times are estimated, and may be off by so many ms. */
  readonly wordTimes: boolean
}

type Voice = Opened<TextToSpeechProvider>

const PIECES = ['Good morning. ', 'The kitchen is open ', 'until eleven.']
const TEXT = PIECES.join('')
/** Words may end after the last sound by this, since their times are rounded. */
const ROUNDED_MS = 60
const LEAST_WORD_MS = 80

async function* given(pieces: Iterable<string>, step: () => void = () => undefined): AsyncGenerator<string> {
  for (const piece of pieces) {
    step()
    yield piece
  }
  step()
}

interface Asked {
  readonly signal: AbortSignal
  readonly callId?: string
  readonly rateHz?: VoiceRateHz
}

async function* spoken(
  { provider }: Voice,
  text: AsyncIterable<string>,
  { signal, callId = 'CA1', rateHz = 8_000 }: Asked,
): AsyncGenerator<Speech> {
  const call = scopeOf(signal)
  try {
    const about = { callId, rateHz, language: 'en', traceparent: undefined, signal: call.signal }
    yield* provider.forCall(about).speak(text, signal)
  } finally {
    call.abort(new Error('the call is over'))
  }
}

const use: Use<TextToSpeechProvider, Speech> = (opened, { signal, step, which }) =>
  spoken(opened, given(PIECES, step), { signal, callId: `CA${which}` })

const wordsOf = (all: readonly Speech[]): readonly Word[] => all.flatMap(one => (one.kind === 'words' ? one.words : []))
const saidIn = (all: readonly Speech[]): string =>
  plain(
    wordsOf(all)
      .map(({ text }) => text)
      .join(' '),
  )
const samplesIn = (all: readonly Speech[]): number =>
  all.reduce((sum, one) => sum + (one.kind === 'audio' ? one.frame.pcm.length : 0), 0)
const soundIn = (all: readonly Speech[]): string =>
  all.map(one => (one.kind === 'audio' ? Buffer.from(one.frame.pcm.slice().buffer).toString('latin1') : '')).join('')

/** What every voice must do. */
export function textToSpeechChecks(subject: Subject<TextToSpeechProvider, TextToSpeechHas>): readonly Check[] {
  const check = (name: string, run: (opened: Voice) => Promise<void>): Check => ({
    name,
    run: () => withOpened(subject, {}, run),
  })
  /** What was spoken of this text, of which nothing is left. */
  async function speech(
    opened: Voice,
    pieces: readonly string[],
    rateHz: VoiceRateHz = 8_000,
  ): Promise<readonly Speech[]> {
    const lifetime = new AbortController()
    const idle = opened.busy()
    const speak: Use<TextToSpeechProvider, Speech> = (_, { signal }) =>
      spoken(opened, given(pieces), { signal, rateHz })
    const { out, error } = await opened.passing(outcomeOf(opened, speak, lifetime))
    assert.equal(error, undefined, `it threw ${told(error)}`)
    await assertIdle(opened, idle, 'after the speech', lifetime.signal)
    return out
  }

  return [
    ...([8_000, 24_000] as const).map(rateHz =>
      check(`a text is sound at ${rateHz} Hz, with its words at their times`, async opened => {
        const all = await speech(opened, PIECES, rateHz)
        assert(
          all.every(one => one.kind === 'words' || one.frame.rateHz === rateHz),
          'sound has another rate',
        )
        const ms = (samplesIn(all) / rateHz) * 1_000
        const words = wordsOf(all)
        assert.equal(saidIn(all), plain(TEXT))
        assert(ms > words.length * LEAST_WORD_MS, `${words.length} words in ${Math.round(ms)} ms of sound`)
        const times = words.flatMap(({ startMs, endMs }) => [startMs, endMs])
        assert(
          times.every((at, i) => at >= (times[i - 1] ?? 0) - ROUNDED_MS),
          `its words are not in order: ${times}`,
        )
        assert((times.at(-1) ?? 0) <= ms + ROUNDED_MS, `its last word ends at ${times.at(-1)}, its sound at ${ms}`)
        // Half of the words are not heard when nothing has sounded yet.
        assert((words.at(-1)?.startMs ?? 0) > ms / 4, 'its words are all at the start')
      }),
    ),
    check('there is something to hear in it', async opened => {
      const loudest = (await speech(opened, PIECES)).reduce(
        (most, one) =>
          one.kind === 'audio' ? one.frame.pcm.reduce((top, sample) => Math.max(top, Math.abs(sample)), most) : most,
        0,
      )
      assert(loudest > 1_000, `its loudest sample is ${loudest}`)
    }),
    check('the first clause sounds while the next one is still to come', async opened => {
      const lifetime = new AbortController()
      const heard = Promise.withResolvers<void>()
      async function* text(): AsyncGenerator<string> {
        yield 'Good morning. '
        await heard.promise
        yield 'Good bye.'
      }
      async function listen(): Promise<readonly Speech[]> {
        const all: Speech[] = []
        for await (const one of spoken(opened, text(), lifetime)) {
          all.push(one)
          if (one.kind === 'audio') heard.resolve()
        }
        return all
      }
      assert.equal(saidIn(await opened.passing(listen())), 'good morning good bye')
    }),
    check('a text that comes slowly is one speech, and no stall', async opened => {
      const { clock } = opened
      const lifetime = new AbortController()
      async function* slowly(): AsyncGenerator<string> {
        yield 'Good morning. '
        await clock.sleep(12_000, lifetime.signal)
        yield 'Good bye.'
      }
      const all = await opened.passing(Array.fromAsync(spoken(opened, slowly(), lifetime)))
      assert.equal(saidIn(all), 'good morning good bye')
    }),
    check('nothing to say is no sound and no error', async opened => {
      for (const pieces of [[], [''], [' ', '\n'], ['…'], ['—', ' ', '!']])
        assert.deepEqual(await speech(opened, pieces), [], `for ${JSON.stringify(pieces)}`)
    }),
    check('signs without words between the clauses do no harm', async opened => {
      assert.equal(saidIn(await speech(opened, ['“', 'Good ', ' — ', 'morning', '.', ' ', '…'])), 'good morning')
    }),
    check('letters of other languages, signs and markup are a text like any other', async opened => {
      const all = await speech(opened, ['Café <b>déjà</b> & "naïve" 5 < 6 \\ {done}.'])
      assert(samplesIn(all) > 0, 'there is no sound')
    }),
    check('a long answer comes whole', async opened => {
      const pieces = Array.from({ length: 30 }, (_, i) => `This is sentence ${i % 2 === 0 ? 'one' : 'two'}. `)
      assert.equal(saidIn(await speech(opened, pieces)), plain(pieces.join('')))
    }),
    check('speeches at the same time do not mix', async opened => {
      const texts = ['Good morning.', 'Good bye.', 'How are you?']
      const lifetime = new AbortController()
      const found = await opened.passing(
        Promise.all(
          texts.map((text, i) =>
            Array.fromAsync(spoken(opened, given([text]), { signal: lifetime.signal, callId: `CA${i}` })),
          ),
        ),
      )
      assert.deepEqual(found.map(saidIn), texts.map(plain))
      const alone = await speech(opened, [texts[1] ?? ''])
      assert.equal(soundIn(found[1] ?? []), soundIn(alone), 'its sound is another one')
    }),
    check('speeches of one call follow each other, and one that was broken off leaves no sound', async opened => {
      const idle = opened.busy()
      const lifetime = new AbortController()
      const about = {
        callId: 'CA1',
        rateHz: 8_000,
        language: 'en',
        traceparent: undefined,
        signal: lifetime.signal,
      } as const
      const voice = opened.provider.forCall(about)
      const whole = (text: string): Promise<readonly Speech[]> =>
        Array.fromAsync(voice.speak(given([text]), new AbortController().signal))
      const first = await opened.passing(whole('Good bye.'))
      const barge = new AbortController()
      async function brokenOff(): Promise<void> {
        for await (const one of voice.speak(given(PIECES), barge.signal)) if (one.kind === 'audio') barge.abort()
      }
      await opened.passing(brokenOff().catch(() => undefined))
      const second = await opened.passing(whole('Good bye.'))
      assert.equal(saidIn(second), 'good bye')
      assert.equal(samplesIn(second), samplesIn(first), 'it sounds otherwise than before')
      lifetime.abort(new Error('the call is over'))
      await assertIdle(opened, idle, 'after the call', barge.signal)
    }),
    check('a call whose voice failed has it again', async opened => {
      const { faults = ['drop'] } = subject.has
      if (!faults.includes('drop')) return
      const lifetime = new AbortController()
      const about = { callId: 'CA1', rateHz: 8_000, language: 'en', traceparent: undefined } as const
      const voice = opened.provider.forCall({ ...about, signal: lifetime.signal })
      const whole = (): Promise<readonly Speech[]> =>
        Array.fromAsync(voice.speak(given(['Good bye.']), new AbortController().signal))
      await opened.passing(whole())
      opened.setFaults([{ kind: 'drop' }])
      await opened.passing(whole().catch(() => undefined))
      opened.setFaults([])
      assert.equal(saidIn(await opened.passing(whole())), 'good bye')
      lifetime.abort(new Error('the call is over'))
    }),
    check('a text that breaks off with an error ends the speech with it', async opened => {
      const lifetime = new AbortController()
      const idle = opened.busy()
      async function* breaking(): AsyncGenerator<string> {
        yield 'Good morning. '
        throw new Error('the model failed')
      }
      const speak: Use<TextToSpeechProvider, Speech> = (_, { signal }) => spoken(opened, breaking(), { signal })
      const { error } = await opened.passing(outcomeOf(opened, speak, lifetime))
      assert.match(told(error), /the model failed/)
      await assertIdle(opened, idle, 'after the text broke off', lifetime.signal)
    }),
    check('phrases that are rendered ahead have words too', async opened => {
      const lifetime = new AbortController()
      const phrases = opened.provider.forPhrases?.({ language: 'en', rateHz: 24_000, signal: lifetime.signal })
      if (!phrases) return
      const idle = opened.busy()
      const all = await opened.passing(Array.fromAsync(phrases.speak(given(['Let me see.']), lifetime.signal)))
      assert.equal(saidIn(all), 'let me see')
      assert(samplesIn(all) > 0, 'there is no sound')
      lifetime.abort()
      await assertIdle(opened, idle, 'after the phrase')
    }),
    ...cancelChecks(subject, use),
    ...failureChecks(subject, { use, told: all => `${saidIn(all)} ${samplesIn(all)}`, mayLose: false }),
  ]
}
