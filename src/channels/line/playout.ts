import type { Clock, Heard, Speech, VoiceLevel } from '../../conversation/ports.ts'
import type { CallRecorder } from '../call-host.ts'
import { Background } from './background.ts'
import { PlayedSpeech } from './played-speech.ts'

/** What the playout needs of the line. */
export interface Wire {
  /** Sends 20 ms of sound: the agent's voice, or what sounds behind the agent while it is silent. */
  media(pcm: Int16Array, isVoice: boolean): void
  mark(name: string): void
  /** What was sent and has not played never does: all of it, or, with `isVoice` false, what sounds behind the agent. */
  clear(isVoice: boolean): void
  /** All of a speech was sent. */
  end?(): void
  /** Where the line is long, such as through an avatar. */
  readonly far?: FarLine
}

/** A line whose other end tells how much was played, and needs time to begin and to fall silent. */
export interface FarLine {
  /** The voice takes this way at present. */
  isUsed(): boolean
  /** How long after its time a last mark may come. */
  readonly graceMs: number
  /** How many ms of what was sent since the last clear were heard by now. */
  heardMs(): number | undefined
  /** Resolves after a clear with how many ms of what was sent since the clear before were heard; undefined where that is not told. */
  cleared(): Promise<number | undefined>
}

/** Where the sound of the agent is recorded. */
export interface AgentRecorder extends Pick<CallRecorder, 'moveAgent' | 'cutAgent'> {
  /** `voice`: the same without what sounds behind the agent; empty where nothing else sounds. */
  agent(pcm: Int16Array, playsAtMs: number, voice: Int16Array): void
}

const NO_VOICE = new Int16Array()
/** How long to wait for an overdue last mark. */
const MARK_GRACE_MS = 1_000

/**
 * The agent's side of one line: sends 20 ms frames at absolute deadlines and learns from returned marks how much
 * the caller has heard. One speech at a time.
 */
export class Playout {
  readonly #clock: Clock
  readonly #rateHz: number
  readonly #wire: Wire
  readonly #recorder: AgentRecorder
  readonly #late: (lateMs: number) => void
  /** What sounds behind the agent, if anything does. */
  readonly background: Background
  #playing: { readonly speech: PlayedSpeech; readonly signal: AbortSignal } | undefined
  #level: VoiceLevel = 'full'
  #generation = 0
  #lagMs: number | undefined
  /** What was recorded plays until then. */
  #recordedUntilMs = Number.NEGATIVE_INFINITY

  constructor(clock: Clock, rateHz: number, wire: Wire, recorder: AgentRecorder, late: (lateMs: number) => void) {
    this.#clock = clock
    this.#rateHz = rateHz
    this.#wire = wire
    this.#recorder = recorder
    this.#late = late
    this.background = new Background(clock, rateHz, {
      roomFromMs: () => (this.#playing ? this.#playing.speech.roomFromMs() : Number.NEGATIVE_INFINITY),
      mayClear: () => !this.#playing?.speech.sentAnything(),
      send: (pcm, atMs) => {
        this.#wire.media(pcm, false)
        this.#record(pcm, Math.max(atMs + (this.#lagMs ?? 0), this.#recordedUntilMs), NO_VOICE)
      },
      clear: () => {
        this.#wire.clear(false)
        this.#cut(this.#clock.now() + (this.#lagMs ?? 0))
      },
    })
  }

  #record(pcm: Int16Array, playsAtMs: number, voice: Int16Array): void {
    this.#recorder.agent(pcm, playsAtMs, voice)
    this.#recordedUntilMs = playsAtMs + (pcm.length / this.#rateHz) * 1_000
  }

  /** All that waits on the line was cleared: from then on nothing of it plays. */
  #cut(atMs: number): void {
    this.#recorder.cutAgent(atMs)
    this.#recordedUntilMs = Math.min(this.#recordedUntilMs, atMs)
    this.background.cleared()
  }

  /**
   * A mark was returned. Marks of a cleared speech are ignored: a clear returns them although nothing was played.
   * `sentMs`: when it was sent at the latest, where the line can tell; dated like the caller's sound.
   */
  marked(name: string, sentMs = this.#clock.now()): void {
    const [generation, frames] = name.split('.').map(Number)
    if (generation !== this.#generation || !this.#playing) return
    const moves = this.#playing.speech.marked(frames ?? 0, this.#clock.now(), sentMs)
    for (const { fromMs, byMs } of moves) {
      this.#recorder.moveAgent(fromMs, byMs)
      this.#recordedUntilMs += byMs
    }
  }

  /** See Channel.voice. */
  voice(level: VoiceLevel): void {
    this.#level = level
    // An aborted speech is cleared and must not be sent again.
    if (!this.#playing || this.#playing.signal.aborted) return
    const waitingFromMs = this.#playing.speech.setLevel(level, this.#wire.far?.isUsed() ?? false)
    if (waitingFromMs === undefined) return
    this.#generation++
    this.#wire.clear(true)
    this.#cut(waitingFromMs)
  }

  /** What was sent of the speech and not confirmed was lost on the line: it is sent again. */
  again(): void {
    if (!this.#playing?.speech.sentAnything() || this.#playing.signal.aborted) return
    this.#generation++
    this.#cut(this.#playing.speech.again())
  }

  /** See Channel.play. */
  async *play(speech: AsyncIterable<Speech>, signal: AbortSignal): AsyncGenerator<Heard, void, undefined> {
    const playing = new PlayedSpeech(this.#clock, this.#rateHz, this.#level, this.#lagMs)
    this.#playing = { speech: playing, signal }
    this.#generation++
    const filled = playing.fill(speech)
    // A failure is thrown at the end, after the sound before it was heard.
    filled.catch(() => undefined)
    try {
      while (!signal.aborted) {
        for (const { pcm, lateMs, playsAtMs } of playing.due()) {
          if (lateMs !== undefined) this.#late(lateMs)
          this.background.makeWay()
          const heard = this.background.under(pcm)
          this.#wire.media(heard, true)
          this.#record(heard, playsAtMs, pcm)
        }
        const frames = playing.markDue()
        if (frames !== undefined) this.#wire.mark(`${this.#generation}.${frames}`)
        if (playing.endDue()) this.#wire.end?.()
        if (playing.wantsReport()) yield playing.report(this.#wire.far?.isUsed() ? this.#wire.far.heardMs() : undefined)
        if (playing.isOver(this.#wire.far?.isUsed() ? this.#wire.far.graceMs : MARK_GRACE_MS)) break
        await playing.pause(signal)
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      if (signal.aborted && playing.sentAnything()) {
        this.#wire.clear(true)
        this.#cut(playing.clearedAtMs())
      }
      this.#playing = undefined
      this.#lagMs = playing.lagMs
    }
    const isCut = signal.aborted && playing.sentAnything()
    const heardMs = isCut && this.#wire.far?.isUsed() ? await this.#wire.far.cleared() : undefined
    if (playing.sentAnything()) yield playing.report(heardMs)
    if (!signal.aborted) await filled
  }
}
