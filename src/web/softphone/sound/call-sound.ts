import type { Hint, Problem } from '../state/problems.ts'
import { listMicrophones, type Microphone, type MicrophoneName, openMicrophone } from './microphone.ts'
import { peakOf } from './mulaw.ts'
import { FRAME_MS, type PhoneFrame } from './phone-frames.ts'
import type { PlayoutCounts } from './playout.ts'
import { openSoundCard, RatesError, type SoundCard, WorkletError } from './sound-card.ts'

export interface CallSoundHeard {
  readonly onFrame: (frame: Uint8Array<ArrayBuffer>) => void
  readonly onHint: (hint: Hint | undefined) => void
  readonly onMicrophones: (microphones: readonly MicrophoneName[], inUse: string) => void
  readonly onCounts: (counts: PlayoutCounts) => void
  readonly onState: (state: 'running' | 'held' | 'stuck') => void
}

/** The sound of one call: both directions, whatever happens to the devices meanwhile. */
export interface CallSound {
  /** How loud both are now, from 0 to 1. */
  readonly levels: { readonly caller: number; readonly agent: number }
  readonly hasMicrophone: boolean
  play(frame: Uint8Array<ArrayBuffer>): void
  playKey(key: string): void
  ring(): () => void
  /** Whether the microphone's sound goes out, and whether the agent's is heard. */
  open(listens: { readonly microphone: boolean; readonly loudspeaker: boolean }): void
  setVolume(volume: number): void
  /** Takes another microphone. Resolves with why it could not. */
  choose(deviceId: string): Promise<Problem | undefined>
  resume(): void
  close(): void
}

/** Some microphones give nothing at first. */
const AWAKE_WITHIN_MS = 1_000
/** So many frames of exact silence are no quiet room. */
const SILENT_FRAMES = 4_000 / FRAME_MS
/** A sound card that gives no frame for so long stands still. */
const STILL_MS = 2_000
const LOOK_EVERY_MS = 500
/** Waits before it is opened anew; then it is given up. */
const ANEW_AFTER_MS = [0, 2_000, 5_000] as const

/** Opens microphone and loudspeaker, in a press of the person's. Resolves with why that cannot be. */
export async function openCallSound(
  deviceId: string | undefined,
  heard: CallSoundHeard,
  signal: AbortSignal,
): Promise<CallSound | Problem> {
  const opened = deviceId === undefined ? undefined : await openMicrophone(deviceId)
  if (typeof opened === 'string') return opened
  const sound = new OpenCallSound(opened, heard, signal)
  try {
    signal.throwIfAborted()
    await sound.start()
    return sound
  } catch (error) {
    sound.close()
    signal.throwIfAborted()
    return error instanceof RatesError ? 'rates' : error instanceof WorkletError ? 'worklet' : 'old'
  }
}

class OpenCallSound implements CallSound {
  readonly levels = { caller: 0, agent: 0 }
  readonly #heard: CallSoundHeard
  readonly #closing = new AbortController()
  readonly #signal: AbortSignal
  readonly #awake = Promise.withResolvers<void>()
  #microphone: Microphone | undefined
  #card: SoundCard | undefined
  #listens = { microphone: true, loudspeaker: true }
  #volume = 1
  #lastFrameMs = performance.now()
  #stillLooks = 0
  #isHeld = false
  #timesAnew = 0
  #silentFrames = 0
  #hint: Hint | undefined

  constructor(microphone: Microphone | undefined, heard: CallSoundHeard, signal: AbortSignal) {
    this.#heard = heard
    this.#signal = AbortSignal.any([signal, this.#closing.signal])
    this.#take(microphone)
  }

  get hasMicrophone(): boolean {
    return this.#microphone !== undefined
  }

  async start(): Promise<void> {
    await this.#openCard()
    const { signal } = this.#closing
    const timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
    navigator.mediaDevices?.addEventListener('devicechange', () => void this.#devicesChanged(), { signal })
    document.addEventListener('visibilitychange', () => document.hidden || this.#card?.resume(), { signal })
    await this.#list()
    if (!this.#microphone) return
    const late = setTimeout(this.#awake.resolve, AWAKE_WITHIN_MS)
    await this.#awake.promise
    clearTimeout(late)
  }

  play(frame: Uint8Array<ArrayBuffer>): void {
    this.levels.agent = this.#listens.loudspeaker ? peakOf(frame) : 0
    this.#card?.play(frame)
  }

  playKey(key: string): void {
    this.#card?.playKey(key)
  }

  ring(): () => void {
    return this.#card?.ring() ?? (() => undefined)
  }

  open(listens: { readonly microphone: boolean; readonly loudspeaker: boolean }): void {
    this.#listens = listens
    this.#silentFrames = 0
    if (this.#microphone) this.#microphone.track.enabled = listens.microphone
    this.#card?.setVolume(listens.loudspeaker ? this.#volume : 0)
  }

  setVolume(volume: number): void {
    this.#volume = volume
    this.open(this.#listens)
  }

  async choose(deviceId: string): Promise<Problem | undefined> {
    const opened = await openMicrophone(deviceId)
    if (typeof opened === 'string') return opened
    if (this.#signal.aborted) {
      opened.track.stop()
      return undefined
    }
    try {
      this.#card?.listenTo(opened)
    } catch {
      opened.track.stop()
      return 'rates'
    }
    this.#take(opened)
    this.open(this.#listens)
    await this.#list()
    return undefined
  }

  resume(): void {
    this.#card?.resume()
  }

  close(): void {
    this.#closing.abort()
    this.#microphone?.track.stop()
    this.#card?.close()
    this.levels.caller = 0
    this.levels.agent = 0
  }

  #take(microphone: Microphone | undefined): void {
    this.#microphone?.track.stop()
    this.#microphone = microphone
    this.#silentFrames = 0
    if (!microphone) return
    microphone.track.onended = () => {
      if (this.#microphone === microphone) void this.#unplugged()
    }
    this.#tell(microphone.isOther ? 'other' : microphone.cancelsEcho ? undefined : 'echo')
  }

  /** The browser's own choice takes its place, if there is one. */
  async #unplugged(): Promise<void> {
    if (this.#signal.aborted) return
    this.#take(undefined)
    this.#card?.listenTo(undefined)
    const problem = await this.choose('')
    if (!this.#signal.aborted) this.#tell(problem === undefined ? 'other' : 'unplugged')
    await this.#list()
  }

  async #devicesChanged(): Promise<void> {
    await this.#list()
    // Some browsers tell this alone when a microphone is unplugged.
    if (this.#microphone?.track.readyState === 'ended') await this.#unplugged()
  }

  async #list(): Promise<void> {
    const microphones = await listMicrophones()
    if (this.#signal.aborted) return
    this.#heard.onMicrophones(microphones, this.#microphone?.track.getSettings().deviceId ?? '')
  }

  async #openCard(): Promise<void> {
    const heard = {
      onFrame: (frame: PhoneFrame) => this.#frame(frame),
      onCounts: this.#heard.onCounts,
      onState: (state: 'running' | 'held' | 'gone') => {
        if (this.#signal.aborted) return
        if (state === 'gone') return void this.#anew()
        this.#isHeld = state === 'held'
        this.#lastFrameMs = performance.now()
        this.#heard.onState(state)
      },
    }
    const card = await openSoundCard(this.#microphone, heard, this.#signal)
    if (this.#signal.aborted) return card.close()
    this.#card = card
    this.#lastFrameMs = performance.now()
    this.open(this.#listens)
  }

  #frame({ bytes, peak }: PhoneFrame): void {
    this.#lastFrameMs = performance.now()
    this.levels.caller = peak
    if (peak > 0) this.#awake.resolve()
    this.#silentFrames = peak > 0 || !this.#listens.microphone || !this.#microphone ? 0 : this.#silentFrames + 1
    if (this.#silentFrames === SILENT_FRAMES && this.#hint === undefined) this.#tell('silent')
    else if (peak > 0 && this.#hint === 'silent') this.#tell(undefined)
    this.#heard.onFrame(bytes)
  }

  /** A thread that was busy has frames waiting, so that it stands still is believed at the second look. */
  #look(): void {
    const isStill = !this.#isHeld && performance.now() - this.#lastFrameMs > STILL_MS
    this.#stillLooks = isStill ? this.#stillLooks + 1 : 0
    if (this.#stillLooks >= 2) void this.#anew()
  }

  /** Opens the sound card anew: one that was lost never comes back. */
  async #anew(): Promise<void> {
    const card = this.#card
    if (card === undefined || this.#signal.aborted) return
    this.#card = undefined
    this.#stillLooks = 0
    this.#lastFrameMs = Number.POSITIVE_INFINITY
    card.close()
    const waitMs = ANEW_AFTER_MS[this.#timesAnew++]
    if (waitMs === undefined) return this.#heard.onState('stuck')
    await new Promise(resolve => setTimeout(resolve, waitMs))
    if (this.#signal.aborted) return
    await this.#openCard().catch(() => this.#signal.aborted || this.#heard.onState('stuck'))
  }

  #tell(hint: Hint | undefined): void {
    this.#hint = hint
    this.#heard.onHint(hint)
  }
}
