import { loudnessDb } from '../../audio/loudness.ts'
import { encodeMulaw } from '../../audio/mulaw.ts'
import { resampler } from '../../audio/resample.ts'
import type { CallerFrame, Clock, SpeechToText, SttInput, Transcript, VoiceActivity } from '../../conversation/ports.ts'
import { Queue } from '../../conversation/queue.ts'
import { quietFor } from '../../conversation/quiet.ts'
import { orAborted, scopeOf } from '../../conversation/scope.ts'
import { ProviderError } from '../../errors.ts'
import { CallerSound } from '../utterance/caller-sound.ts'
import { PROVIDER, type TranscriptionEvent } from './events.ts'
import type { Line } from './line.ts'
import { Utterances } from './utterances.ts'

const MOST_TRANSCRIPTS = 1_000
/** What is sent before the first voiced sample: detectors miss soft beginnings. */
const BEFORE_MS = 300
const AFTER_MS = 200
/** Speech is reported at most so long after its first voiced sample. */
const REPORTED_WITHIN_MS = 1_000
/** Frames are sent together in pieces of this length, because each piece costs a system call. */
const SENT_MS = 40
/** The service refuses to commit less. */
const LEAST_MS = 100
/** It counts the sound by itself, and may find less of it than we have sent. */
const NOTHING_TO_COMMIT = 'input_audio_buffer_commit_empty'
/** A voice that goes on for so long after a flush is a new utterance, and no late report of the old one's end. */
const GOES_ON_MS = 400
/** An utterance that is longer is committed in its next short pause, */
const LONG_MS = 20_000
const PAUSE_DB = -45
/** or at last wherever it is. */
const LONGEST_MS = 30_000
/** A session that took the place of a lost one and is lost so soon would be lost again and again. */
const AGAIN_WITHIN_MS = 30_000
/** After a commit the words are final within this time, or the session fails. */
const FINAL_WITHIN_MS = 4_000

/** What is heard on: one line after the other, as sessions end. */
export interface Hearing {
  /** The line that is open now, or a new one. */
  live(): Line
  /** Whoever listens is told of what comes on the line, and of its end. One listens at a time. */
  listen(listener: HearingEvents | undefined): void
}

export interface HearingEvents {
  /** No words are waited for: another session may take this one's place. */
  isIdle(): boolean
  transcription(event: TranscriptionEvent): void
  refused(eventId: string, error: ProviderError, code: string | undefined): void
  failed(error: ProviderError): void
}

export interface EarsParts {
  readonly hearing: Hearing
  /** The rate of the caller's sound, and that of the session. */
  readonly rateHz: number
  readonly sessionHz: 8000 | 24000
  readonly voiceActivity: VoiceActivity
}

/**
 * What the session hears of the caller. An utterance is sent while it goes on, and committed at `flush` or where the voice
 * ends; silence is not sent: it would be paid for, and words are found in it.
 */
export function realtimeEars({ hearing, rateHz, sessionHz, voiceActivity }: EarsParts, clock: Clock): SpeechToText {
  async function* transcribe(input: AsyncIterable<SttInput>, signal: AbortSignal): AsyncGenerator<Transcript> {
    const scope = scopeOf(signal)
    const transcripts = new Queue<Transcript>(MOST_TRANSCRIPTS)
    const sound = new CallerSound(sessionHz)
    const raised = resampler(rateHz, sessionHz)
    const utterances = new Utterances(
      transcript => transcripts.push(transcript),
      item => line?.heard(item),
    )
    let line: Line | undefined
    /** Up to where the utterance that goes on was sent; undefined where none does. */
    let going: { readonly fromMs: number; sentMs: number; samples: number } | undefined
    let isVoiced = false
    let flushedMs = 0
    let frameMs = 20
    let givenMs = 0
    let commits = 0
    let reopenedMs = Number.NEGATIVE_INFINITY
    const fail = (error: unknown): void => scope.abort(error)

    function begin(fromMs: number): void {
      line = hearing.live()
      // What is left in the buffer of a session that was given up is no part of the utterance.
      line.send({ type: 'input_audio_buffer.clear' })
      utterances.begin()
      // Whole frames, as they came.
      const wholeMs = sound.endMs - Math.ceil((sound.endMs - fromMs) / frameMs) * frameMs
      going = { fromMs: wholeMs, sentMs: wholeMs, samples: 0 }
    }

    function send(toMs: number): void {
      if (!going || !line || toMs <= going.sentMs) return
      const pcm = sound.between(going.sentMs, toMs, 0)
      going.sentMs = toMs
      append(pcm)
    }

    function append(pcm: Int16Array): void {
      if (!going || !line || pcm.length === 0) return
      going.samples += pcm.length
      line.send({ type: 'input_audio_buffer.append', audio: base64Of(pcm, sessionHz) })
    }

    function finish(toMs: number): void {
      if (!going || !line) return
      send(toMs)
      // After a hole in the line there may be hardly any sound.
      append(new Int16Array(Math.max(0, (sessionHz * LEAST_MS) / 1_000 - going.samples)))
      going = undefined
      const commitId = `commit-${++commits}`
      utterances.commit(commitId, clock.now(), givenMs - Math.max(0, sound.endMs - toMs))
      line.send({ type: 'input_audio_buffer.commit', event_id: commitId })
      sound.forget(toMs)
    }

    function hear({ pcm, atMs }: CallerFrame): void {
      const raisedPcm = raised(pcm)
      sound.add(raisedPcm, atMs)
      frameMs = (pcm.length / rateHz) * 1_000
      givenMs += frameMs
      const { endMs } = sound
      if (!going && isVoiced && endMs - flushedMs > GOES_ON_MS) begin(flushedMs)
      if (!going) return sound.forget(endMs - REPORTED_WITHIN_MS - BEFORE_MS)
      if (endMs - going.sentMs >= SENT_MS) send(endMs)
      const lengthMs = endMs - going.fromMs
      if (lengthMs < LONG_MS || (lengthMs < LONGEST_MS && loudnessDb(raisedPcm) > PAUSE_DB)) return
      finish(endMs)
      begin(endMs)
    }

    /** The detector draws the sound through here, so its events and the sound keep their order. */
    async function* heard(): AsyncGenerator<CallerFrame> {
      for await (const item of input) {
        scope.signal.throwIfAborted()
        if (item === 'flush') {
          flushedMs = sound.endMs
          finish(sound.endMs)
        } else {
          hear(item)
          yield item
        }
      }
    }

    async function follow(): Promise<void> {
      for await (const event of voiceActivity.detect(heard(), scope.signal)) {
        isVoiced = event.kind === 'speech-start'
        switch (event.kind) {
          case 'speech-start':
            if (!going) begin(Math.max(flushedMs, event.firstVoicedMs - BEFORE_MS))
            break
          case 'speech-end':
            finish(Math.min(event.lastVoicedMs + AFTER_MS, sound.endMs))
        }
      }
    }

    async function watch(): Promise<void> {
      await quietFor(FINAL_WITHIN_MS, clock, scope.signal, () => utterances.waitingSinceMs ?? clock.now())
      fail(new ProviderError(PROVIDER, `no words of an utterance in ${FINAL_WITHIN_MS} ms`, { retryable: true }))
    }

    hearing.listen({
      isIdle: () => utterances.isIdle,
      transcription(event) {
        try {
          utterances.take(event)
        } catch (error) {
          fail(error)
        }
      },
      refused(eventId, error, code) {
        if (code === NOTHING_TO_COMMIT) utterances.refusedAsEmpty(eventId)
        else if (eventId.startsWith('commit-')) fail(error)
      },
      failed(error) {
        const isAgain = clock.now() - reopenedMs < AGAIN_WITHIN_MS
        if (!utterances.isIdle || !line?.wasReady() || !error.retryable || isAgain) return fail(error)
        // Where nobody spoke nothing is lost: another session is opened at once, so that it is there for whoever does.
        reopenedMs = clock.now()
        line = hearing.live()
      },
    })
    line = hearing.live()
    if (line.failure) fail(line.failure)
    const end = (): void => transcripts.close()
    signal.addEventListener('abort', end, { once: true })
    const work = orAborted(Promise.race([follow(), watch()]), scope.signal).then(
      () => transcripts.close(),
      error => transcripts.fail(error),
    )
    try {
      yield* transcripts
    } finally {
      signal.removeEventListener('abort', end)
      hearing.listen(undefined)
      scope.abort(new Error('the session is over'))
      await work
    }
  }

  return { finalWithinMs: FINAL_WITHIN_MS, transcribe }
}

function base64Of(pcm: Int16Array, rateHz: 8000 | 24000): string {
  const bytes = rateHz === 8_000 ? encodeMulaw(pcm) : new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength)
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
