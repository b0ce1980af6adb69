import { randomUUID } from 'node:crypto'
import { encodeMulaw } from '../audio/mulaw.ts'
import { systemClock as clock } from '../clock.ts'
import type { Prompt, SttInput } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import { pricesFor, usdOfTokens } from '../costs/prices.ts'
import { systemNetwork } from '../network.ts'
import type { Ports } from '../providers/entry.ts'
import type { Utterance } from '../sandbox/caller/fixture.ts'
import { announceEnd, announceUtterance } from '../sandbox/deepgram/announce.ts'
import { voicedRange } from '../sandbox/ringing/voiced-spans.ts'
import { type WordErrors, wordErrors } from './word-errors.ts'

export type Sentence = Extract<Utterance, { kind: 'speech' }>

const RATE_HZ = 8_000
const FRAME_MS = 20
const BEFORE_MS = 500
/** As the server does: it asks for final words when the caller has paused. */
const FLUSH_AFTER_MS = 500
/** No final words come later than this. */
const WAITS_MS = 6_000
const LIMIT_MS = 30_000

/** Of one sentence. Times are ms: from its first voiced sample to its first words, and from its last one to its last words. */
export interface HeardSentence {
  readonly say: string
  readonly heard: string
  readonly errors: WordErrors
  readonly firstWordsMs: number | undefined
  readonly finalWordsMs: number | undefined
}

export async function heardBy(ears: Ports['STT'], sentence: Sentence, announceUrl: string): Promise<HeardSentence> {
  const call = new AbortController()
  const callId = `CA${randomUUID().replaceAll('-', '')}`
  await announceUtterance(announceUrl, callId, sentence, systemNetwork, call.signal)
  const session = ears.forCall({ callId, rateHz: RATE_HZ, language: 'en', traceparent: undefined, signal: call.signal })
  const voiced = voicedRange(encodeMulaw(sentence.pcm))
  const beganMs = clock.now()
  const firstVoicedMs = beganMs + BEFORE_MS + voiced.startMs
  const lastVoicedMs = beganMs + BEFORE_MS + voiced.endMs
  const over = new AbortController()

  async function* sound(): AsyncGenerator<SttInput> {
    const samples = (RATE_HZ * FRAME_MS) / 1_000
    let isFlushed = false
    for (let ms = 0; ms < LIMIT_MS && !over.signal.aborted; ms += FRAME_MS) {
      const dueMs = beganMs + ms + FRAME_MS
      await clock.sleep(dueMs - clock.now(), over.signal).catch(() => undefined)
      const at = ((ms - BEFORE_MS) * RATE_HZ) / 1_000
      const pcm = new Int16Array(samples)
      if (at >= 0) pcm.set(sentence.pcm.subarray(at, at + samples))
      yield { pcm, rateHz: RATE_HZ, atMs: beganMs + ms }
      if (isFlushed || dueMs < lastVoicedMs + FLUSH_AFTER_MS) continue
      isFlushed = true
      yield 'flush'
    }
  }

  let firstWordsMs: number | undefined
  let finalWordsMs: number | undefined
  const finals: string[] = []
  async function listen(signal: AbortSignal): Promise<void> {
    for await (const { text, final } of session.transcribe(sound(), signal)) {
      if (text.trim() === '') continue
      firstWordsMs ??= clock.now() - firstVoicedMs
      if (!final) continue
      finals.push(text)
      finalWordsMs = clock.now() - lastVoicedMs
    }
  }
  const limitMs = BEFORE_MS + sentence.pcm.length / 8 + WAITS_MS
  try {
    const listening = within(limitMs, 'a sentence', clock, listen, over.signal)
    // Some go on after a final: nothing more comes of a sentence that was flushed two seconds ago.
    const quiet = clock.sleep(lastVoicedMs + FLUSH_AFTER_MS + 2_500 - clock.now(), over.signal)
    await Promise.race([listening.catch(error => (finals.length > 0 ? undefined : Promise.reject(error))), quiet])
    if (finals.length === 0) await listening.catch(() => undefined)
  } finally {
    over.abort(new Error('the sentence is over'))
    call.abort(new Error('the call is over'))
    await announceEnd(announceUrl, callId, systemNetwork, new AbortController().signal)
  }
  const heard = finals.join(' ')
  return { say: sentence.say, heard, errors: wordErrors(sentence.say, heard), firstWordsMs, finalWordsMs }
}

/** Of one answer. */
export interface Answered {
  readonly firstTokenMs: number
  readonly tokensASecond: number | undefined
  readonly usd: number | undefined
}

export async function answeredBy(mind: Ports['LLM'], model: string | undefined, prompt: Prompt): Promise<Answered> {
  const call = new AbortController()
  const asked = mind.forCall({ callId: 'compare', language: 'en', traceparent: undefined, signal: call.signal })
  const beganMs = clock.now()
  let firstMs: number | undefined
  let lastMs = beganMs
  let letters = 0
  let output: number | undefined
  let usd: number | undefined
  const prices = pricesFor({ speechToText: '', sight: '', model: model ?? '' }).model
  const run = async (signal: AbortSignal): Promise<void> => {
    for await (const delta of asked.reply(prompt, signal)) {
      if (delta.kind === 'tokens') {
        output = delta.output
        usd = prices && usdOfTokens(delta, prices)
      }
      if (delta.kind !== 'text') continue
      firstMs ??= clock.now() - beganMs
      lastMs = clock.now()
      letters += delta.text.length
    }
  }
  await within(LIMIT_MS, 'an answer', clock, run, call.signal)
  call.abort(new Error('the call is over'))
  const tookMs = lastMs - beganMs - (firstMs ?? 0)
  return {
    firstTokenMs: firstMs ?? Number.NaN,
    // Where the service does not count them, four letters are about one.
    tokensASecond: tookMs > 0 ? ((output ?? letters / 4) * 1_000) / tookMs : undefined,
    usd,
  }
}

/** Of one text that was spoken. */
export interface Spoken {
  readonly firstSoundMs: number
  /** How long it took for each second of sound. */
  readonly realTimeFactor: number
  readonly hasWords: boolean
}

export async function spokenBy(voice: Ports['TTS'], text: string): Promise<Spoken> {
  const call = new AbortController()
  const about = {
    callId: 'compare',
    rateHz: RATE_HZ,
    language: 'en',
    traceparent: undefined,
    signal: call.signal,
  } as const
  const speaking = voice.forCall(about)
  // As in a call, where it opens while the greeting plays.
  await clock.sleep(500, call.signal)
  const beganMs = clock.now()
  let firstMs: number | undefined
  let samples = 0
  let words = 0
  async function* pieces(): AsyncGenerator<string> {
    yield* text.split(/(?<=[.,] )/)
  }
  const run = async (signal: AbortSignal): Promise<void> => {
    for await (const one of speaking.speak(pieces(), signal)) {
      if (one.kind === 'words') words += one.words.length
      else if (one.frame.pcm.length > 0) {
        firstMs ??= clock.now() - beganMs
        samples += one.frame.pcm.length
      }
    }
  }
  await within(LIMIT_MS, 'a speech', clock, run, call.signal)
  const tookMs = clock.now() - beganMs
  call.abort(new Error('the call is over'))
  const soundMs = (samples / RATE_HZ) * 1_000
  return { firstSoundMs: firstMs ?? Number.NaN, realTimeFactor: tookMs / soundMs, hasWords: words > 0 }
}
