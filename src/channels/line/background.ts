import type { Clock } from '../../conversation/ports.ts'
import { SoundBeneath } from './sound-beneath.ts'

const FRAME_MS = 20
/** Sent so far ahead in pauses: enough for a short stall, and little to take off the line when somebody speaks. */
const LEAD_MS = 60
/** So much quieter under speech of the agent or of the caller. */
const UNDER_SPEECH_DB = 12
const UNDER_SPEECH = 10 ** (-UNDER_SPEECH_DB / 20)
const MOST_SAMPLE = 32_767
const OVER = new Error('nothing sounds behind the agent')

/** Sounds behind the agent, at the line's rate. They begin again at their end. */
export interface LineSounds {
  /** All the time. */
  readonly background?: Int16Array
  /** While the agent works. */
  readonly thinking?: Int16Array
}

/** What sounds behind the agent on one line. None of it is the agent's voice: no words are heard by it, and it has no echo. */
export interface LineBackground {
  /** The rate of the sounds. */
  readonly rateHz: number
  choose(sounds: LineSounds): void
  /** The agent begins or ends some work. */
  thinking(on: boolean): void
  /** The caller begins or ends to speak: the thinking sound ends at once, and the background is turned down. */
  callerSpeaks(on: boolean): void
  /** Another person's sound at this rate is heard beneath from now on, instead of the one before: it is given as it comes. */
  beneath(rateHz: number): (pcm: Int16Array) => void
  /** Nobody's sound is heard beneath any more. */
  nothingBeneath(): void
  /** Ends all of it. */
  close(): void
}

/** The way to the line. */
interface Way {
  /** From when on sound may follow what is there, by the Clock; undefined while speech is being sent. */
  roomFromMs(): number | undefined
  /** No speech is on the line whose marks a clear would return. */
  mayClear(): boolean
  send(pcm: Int16Array, atMs: number): void
  clear(): void
}

/** One sound, where it goes on, and how loud it was last. */
class Loop {
  readonly #pcm: Int16Array
  #at = 0
  #gain = 0

  constructor(pcm: Int16Array) {
    this.#pcm = pcm
  }

  /** Adds what comes next to the sound. The level changes along it, so that nothing clicks. */
  addTo(sound: Int16Array, gain: number): void {
    const step = (gain - this.#gain) / sound.length
    for (let i = 0; i < sound.length; i++) {
      this.#gain += step
      const sum = (sound[i] ?? 0) + Math.round(this.#gain * (this.#pcm[this.#at] ?? 0))
      sound[i] = Math.max(-MOST_SAMPLE, Math.min(MOST_SAMPLE, sum))
      this.#at = (this.#at + 1) % this.#pcm.length
    }
    this.#gain = gain
  }

  isSilent(): boolean {
    return this.#gain === 0
  }
}

/**
 * Sends the sounds while nobody speaks on the line, and mixes them into the agent's speech. Speech never waits for them:
 * what was sent of them is taken off the line before its first frame.
 */
export class Background implements LineBackground {
  readonly rateHz: number
  readonly #clock: Clock
  readonly #way: Way
  #background: Loop | undefined
  #thinking: Loop | undefined
  #beneath: SoundBeneath | undefined
  #isThinking = false
  #isCallerSpeaking = false
  /** What was sent plays until then, by the time of sending. */
  #sentUntilMs = Number.NEGATIVE_INFINITY
  #sending: AbortController | undefined

  constructor(clock: Clock, rateHz: number, way: Way) {
    this.#clock = clock
    this.rateHz = rateHz
    this.#way = way
  }

  choose({ background, thinking }: LineSounds): void {
    this.#background = background?.length ? new Loop(background) : undefined
    this.#thinking = thinking?.length ? new Loop(thinking) : undefined
    this.#isThinking = false
    this.#takeOff()
    this.#begin()
  }

  thinking(on: boolean): void {
    if (!this.#thinking || on === this.#isThinking || (on && this.#isCallerSpeaking)) return
    this.#isThinking = on
    if (on) return this.#begin()
    this.#takeOff()
    // It fades within one frame; the background goes on without a gap.
    if (this.#sending) this.#fill()
  }

  callerSpeaks(on: boolean): void {
    this.#isCallerSpeaking = on
    if (on) this.thinking(false)
  }

  beneath(rateHz: number): (pcm: Int16Array) => void {
    const sound = new SoundBeneath(rateHz, this.rateHz)
    this.#beneath = sound
    this.#begin()
    return pcm => {
      if (this.#beneath === sound) sound.push(pcm)
    }
  }

  nothingBeneath(): void {
    this.#beneath = undefined
  }

  close(): void {
    this.#background = undefined
    this.#thinking = undefined
    this.#beneath = undefined
    this.#sending?.abort(OVER)
  }

  /** The speech with what sounds behind it; the same where nothing does. */
  under(speech: Int16Array): Int16Array {
    if (!this.#sounds()) return speech
    return this.#addedTo(speech.slice(), true)
  }

  /** Takes off the line what would delay speech that is sent now. Returns whether there was any. */
  makeWay(): boolean {
    const isThere = this.#sentUntilMs > this.#clock.now()
    this.cleared()
    if (isThere) this.#way.clear()
    return isThere
  }

  /** All was taken off the line. */
  cleared(): void {
    this.#sentUntilMs = Number.NEGATIVE_INFINITY
  }

  #takeOff(): void {
    if (this.#way.mayClear()) this.makeWay()
  }

  #sounds(): boolean {
    return (
      this.#background !== undefined ||
      this.#beneath !== undefined ||
      (this.#thinking !== undefined && (this.#isThinking || !this.#thinking.isSilent()))
    )
  }

  #addedTo(sound: Int16Array, isSpeech: boolean): Int16Array {
    const level = isSpeech || this.#isCallerSpeaking ? UNDER_SPEECH : 1
    this.#background?.addTo(sound, level)
    if (this.#isThinking || this.#thinking?.isSilent() === false)
      this.#thinking?.addTo(sound, this.#isThinking ? level : 0)
    this.#beneath?.addTo(sound, isSpeech)
    return sound
  }

  #begin(): void {
    if (this.#sending || !this.#sounds()) return
    const sending = new AbortController()
    this.#sending = sending
    this.#send(sending.signal)
      .catch(() => undefined)
      .finally(() => {
        if (this.#sending === sending) this.#sending = undefined
      })
  }

  async #send(signal: AbortSignal): Promise<void> {
    while (this.#sounds()) {
      this.#fill()
      await this.#clock.sleep(FRAME_MS, signal)
    }
  }

  #fill(): void {
    const fromMs = this.#way.roomFromMs()
    if (fromMs === undefined) return
    const now = this.#clock.now()
    let atMs = Math.max(fromMs, now, this.#sentUntilMs)
    for (; atMs < now + LEAD_MS && this.#sounds(); atMs += FRAME_MS) {
      this.#way.send(this.#addedTo(new Int16Array((this.rateHz * FRAME_MS) / 1_000), false), atMs)
      this.#sentUntilMs = atMs + FRAME_MS
    }
  }
}
