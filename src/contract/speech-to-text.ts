import assert from 'node:assert/strict'
import type { SttInput, Transcript } from '../conversation/ports.ts'
import { scopeOf } from '../conversation/scope.ts'
import type { SpeechToTextProvider } from '../providers/entry.ts'
import { cancelChecks } from './cancel.ts'
import type { Breakable, Check, Opened, Subject } from './check.ts'
import { failureChecks } from './failures.ts'
import { type Said, said } from './said.ts'
import { plain } from './sounds.ts'
import { assertIdle, told, type Use, withOpened } from './uses.ts'

/** What only some ears can do. */
export interface SpeechToTextHas extends Breakable {
  /** Words are reported while they are spoken. */
  readonly interims: boolean
  /** A flush makes the words final, without waiting for a silence. */
  readonly flush: boolean
  /** Its stand-in can be told which call a session is of, so several calls at a time have words. */
  readonly namesCall: boolean
}

type Ears = Opened<SpeechToTextProvider>

const RATE_HZ = 8_000
const HELLO = 'Hello there.'
const LASTS_MS = 20_000
/** Finals come within this after the caller has fallen silent. */
const FINAL_WITHIN_MS = 3_000

/** A session of a call. It ends by its reader, or when nothing is left to be heard. */
interface Session {
  readonly callId?: string
  readonly rateHz?: number
  readonly frameMs?: number
  readonly signal: AbortSignal
  readonly step?: () => void
}

async function* session(
  { provider, clock, announce }: Ears,
  all: Iterable<Said>,
  { callId = 'CA1', rateHz = RATE_HZ, frameMs = 20, signal, step = () => undefined }: Session,
): AsyncGenerator<Transcript, void, undefined> {
  const call = scopeOf(signal)
  const mouth = new AbortController()
  try {
    const ears = provider.forCall({ callId, rateHz, language: 'en', traceparent: undefined, signal: call.signal })
    const tell = announce ? (one: Parameters<typeof announce>[1]) => announce(callId, one) : () => undefined
    const parts = { clock, rateHz, frameMs, announce: tell, signal: mouth.signal, step }
    yield* ears.transcribe(said(all, parts), signal)
  } finally {
    mouth.abort(new Error('nobody listens any more'))
    call.abort(new Error('the call is over'))
  }
}

const finalText = (all: readonly Transcript[]): string =>
  plain(
    all
      .filter(({ final }) => final)
      .map(({ text }) => text)
      .join(' '),
  )

/** One utterance, or many of them where something has to go wrong. */
function* talk(lasting: boolean, text: string): Generator<Said> {
  yield { kind: 'words', text }
  yield { kind: 'silence', ms: FINAL_WITHIN_MS }
  for (let ms = 0; lasting && ms < LASTS_MS; ms += 4_000) {
    yield { kind: 'words', text: 'And more.' }
    yield { kind: 'silence', ms: 3_500 }
  }
  // A line that is not closed.
  if (!lasting) yield { kind: 'nothing', ms: LASTS_MS }
}

const use: Use<SpeechToTextProvider, Transcript> = async function* (opened, { signal, step, which, lasting }) {
  const heard: Transcript[] = []
  for await (const one of session(opened, talk(lasting, HELLO), { callId: `CA${which}`, signal, step })) {
    heard.push(one)
    yield one
    if (!lasting && finalText(heard) === plain(HELLO)) return
  }
}

/** What every speech-to-text provider must do. */
export function speechToTextChecks(subject: Subject<SpeechToTextProvider, SpeechToTextHas>): readonly Check[] {
  const { interims, flush, namesCall } = subject.has

  /** What was heard of this until it is all said. */
  async function heard(
    opened: Ears,
    all: readonly Said[],
    options: Partial<Session> = {},
  ): Promise<readonly Transcript[]> {
    const lifetime = new AbortController()
    const idle = opened.busy()
    const found = await opened.passing(
      Array.fromAsync(session(opened, all, { signal: lifetime.signal, ...options })).catch(error =>
        assert.fail(`it threw ${told(error)}`),
      ),
    )
    await assertIdle(opened, idle, 'after the last sound', lifetime.signal)
    return found
  }
  const check = (name: string, run: (opened: Ears) => Promise<void>): Check => ({
    name,
    run: () => withOpened(subject, {}, run),
  })

  return [
    check('words are final once, in their order, and nothing else is', async opened => {
      const found = await heard(opened, [
        { kind: 'silence', ms: 500 },
        { kind: 'words', text: 'Hello there.' },
        { kind: 'silence', ms: FINAL_WITHIN_MS },
        { kind: 'words', text: 'How are you today?' },
        { kind: 'silence', ms: FINAL_WITHIN_MS },
      ])
      assert.equal(finalText(found), 'hello there how are you today')
    }),
    check('interim words are a beginning of what becomes final', async opened => {
      const found = await heard(opened, [...talk(false, 'One two three four five six.')].slice(0, 2))
      const texts = found.filter(({ final, text }) => !final && text !== '').map(({ text }) => plain(text))
      if (interims) assert(texts.length > 0, 'no interim words came')
      for (const text of texts) assert('one two three four five six'.startsWith(text), `"${text}" was never said`)
      assert.equal(finalText(found), 'one two three four five six')
    }),
    check('a flush asks for final words, and the session goes on', async opened => {
      const found: Transcript[] = []
      const lifetime = new AbortController()
      let flushedMs = 0
      let finalMs = Number.POSITIVE_INFINITY
      function* script(): Generator<Said> {
        yield { kind: 'words', text: HELLO }
        yield { kind: 'silence', ms: 200 }
        flushedMs = opened.clock.now()
        yield { kind: 'flush' }
        // Without more sound no silence can end the utterance.
        if (flush) yield { kind: 'nothing', ms: 1_000 }
        yield { kind: 'silence', ms: FINAL_WITHIN_MS }
        yield { kind: 'words', text: 'Good bye.' }
        yield { kind: 'silence', ms: FINAL_WITHIN_MS }
      }
      async function listen(): Promise<void> {
        for await (const one of session(opened, script(), { signal: lifetime.signal })) {
          found.push(one)
          if (finalText(found) === plain(HELLO)) finalMs = Math.min(finalMs, opened.clock.now())
        }
      }
      await opened.passing(listen())
      assert.equal(finalText(found), 'hello there good bye')
      if (flush) assert(finalMs - flushedMs < 1_000, `it took ${Math.round(finalMs - flushedMs)} ms`)
    }),
    check('silence has no words', async opened => {
      const found = await heard(opened, [
        { kind: 'silence', ms: 15_000 },
        { kind: 'flush' },
        { kind: 'silence', ms: 500 },
      ])
      assert.equal(found.map(({ text }) => text).join(''), '')
    }),
    check('a line on hold for a minute does not end the session', async opened => {
      const found = await heard(opened, [
        { kind: 'silence', ms: 100 },
        { kind: 'nothing', ms: 60_000 },
        ...[...talk(false, HELLO)].slice(0, 2),
      ])
      assert.equal(finalText(found), plain(HELLO))
    }),
    check('frames of any length and rate are heard', async opened => {
      for (const [rateHz, frameMs] of [
        [8_000, 10],
        [8_000, 100],
        [16_000, 20],
      ] as const) {
        const found = await heard(opened, [...talk(false, HELLO)].slice(0, 2), { rateHz, frameMs })
        assert.equal(finalText(found), plain(HELLO), `at ${rateHz} Hz, ${frameMs} ms a frame`)
      }
    }),
    check('calls at the same time do not hear each other', async opened => {
      const texts = namesCall ? ['Hello there.', 'Good bye.', 'How are you?'] : ['Hello there.']
      const signal = new AbortController().signal
      const all = texts.map((text, i) =>
        Array.fromAsync(session(opened, [...talk(false, text)].slice(0, 2), { callId: `CA${i}`, signal })),
      )
      const found = await opened.passing(Promise.all(all))
      assert.deepEqual(found.map(finalText), texts.map(plain))
    }),
    check('sound that breaks off with an error ends the session with it', async opened => {
      const lifetime = new AbortController()
      const idle = opened.busy()
      const { clock, provider } = opened
      async function* breaking(): AsyncGenerator<SttInput> {
        yield { pcm: new Int16Array(160), rateHz: RATE_HZ, atMs: clock.now() }
        await clock.sleep(200, lifetime.signal)
        throw new Error('the line broke')
      }
      const call = { callId: 'CA1', rateHz: RATE_HZ, language: 'en', traceparent: undefined, signal: lifetime.signal }
      const all = Array.fromAsync(provider.forCall(call).transcribe(breaking(), lifetime.signal))
      const error = await opened.passing(
        all.then(
          () => undefined,
          thrown => thrown,
        ),
      )
      assert.match(told(error), /the line broke/)
      lifetime.abort()
      await assertIdle(opened, idle, 'after the sound broke off')
    }),
    ...cancelChecks(subject, use),
    ...failureChecks(subject, { use, told: finalText, mayLose: true }),
  ]
}
