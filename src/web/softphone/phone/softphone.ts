import { keepLine, type Line } from '../line/line.ts'
import type { ToPage } from '../line/messages.ts'
import { type CallSound, openCallSound } from '../sound/call-sound.ts'
import type { MicrophoneName } from '../sound/microphone.ts'
import type { PlayoutCounts } from '../sound/playout.ts'
import { type Chosen, stored } from '../state/chosen.ts'
import { after, type Happening, IDLE, type Phone } from '../state/phone.ts'
import type { Hint, Problem } from '../state/problems.ts'

/** What the page shows. It is another value whenever something changes. */
export interface Seen {
  readonly phone: Phone
  /** The sandbox was not reached, or went away. */
  readonly isAway: boolean
  /** Why there is no sound, or no call. */
  readonly problem: Problem | undefined
  readonly hint: Hint | undefined
  readonly isMuted: boolean
  readonly isOnHold: boolean
  readonly hasMicrophone: boolean
  readonly microphones: readonly MicrophoneName[]
  readonly counts: PlayoutCounts
  readonly chosen: Chosen
}

const NO_COUNTS: PlayoutCounts = { ranDry: 0, leftOutMs: 0 }
const FRESH = { problem: undefined, hint: undefined, isMuted: false, isOnHold: false, counts: NO_COUNTS } as const
const SILENT = { caller: 0, agent: 0 } as const
/** The last words lie in the sound card's buffers when the call ends. */
const TAIL_MS = 300

/** A phone in a page: one line, one call at a time. */
export class Softphone {
  #seen: Seen = {
    ...{ phone: IDLE, isAway: false, hasMicrophone: false, microphones: [], chosen: stored.read() },
    ...FRESH,
  }
  readonly #listeners = new Set<() => void>()
  readonly #hurry: () => void
  readonly #signal: AbortSignal
  #line: Line | undefined
  /** Ends with the call. */
  #call = new AbortController()
  #sound: CallSound | undefined
  #stopRinging: () => void = () => undefined

  /** Works until `signal` is aborted. */
  constructor(signal: AbortSignal) {
    this.#signal = signal
    const line = keepLine(
      {
        onOpen: line => {
          this.#line = line
          this.#show({ isAway: false })
        },
        onMessage: message => this.#message(message),
        onSound: frame => this.#sound?.play(frame),
        onLost: () => {
          this.#line = undefined
          this.#happens({ kind: 'lost' })
          this.#show({ isAway: true })
          this.#endSound()
        },
      },
      signal,
    )
    this.#hurry = () => line.hurry()
    signal.addEventListener('abort', () => this.#endSound())
  }

  /** Calls `listener` whenever `seen` is another, until what it returns is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  get seen(): Seen {
    return this.#seen
  }

  /** How loud both sides are now. It changes all the time, and is no part of what is seen. */
  get levels(): CallSound['levels'] {
    return this.#sound?.levels ?? SILENT
  }

  /** Opens the sound and rings. Browsers want to be pressed for that. */
  async call(withMicrophone: boolean): Promise<void> {
    if (!canCall(this.#seen)) return
    const { signal } = this.#startCall()
    const { microphone, volume, number, isWithheld } = this.#seen.chosen
    const opened = await openCallSound(withMicrophone ? microphone : undefined, this.#soundHeard(signal), signal).catch(
      () => undefined,
    )
    if (signal.aborted || opened === undefined) {
      if (typeof opened === 'object') opened.close()
      return
    }
    if (typeof opened === 'string') {
      this.#show({ problem: opened })
      return this.#happens({ kind: 'given-up' })
    }
    this.#sound = opened
    opened.setVolume(volume)
    this.#show({ hasMicrophone: opened.hasMicrophone })
    this.#stopRinging = opened.ring()
    this.#line?.send({ kind: 'call', from: isWithheld ? 'anonymous' : number })
  }

  hangUp(): void {
    if (this.#sound) {
      this.#line?.send({ kind: 'hang-up' })
      this.#happens({ kind: 'hung-up' })
    } else this.#happens({ kind: 'given-up' })
    this.#endSound()
  }

  press(key: string): void {
    if (this.#seen.phone.call.kind !== 'answered') return
    this.#sound?.playKey(key)
    this.#line?.send({ kind: 'key', key })
    this.#happens({ kind: 'pressed', key })
  }

  setMuted(isMuted: boolean): void {
    this.#show({ isMuted })
    this.#openSound()
  }

  /** On hold neither side hears the other. */
  setOnHold(isOnHold: boolean): void {
    this.#show({ isOnHold })
    this.#openSound()
  }

  choose(chosen: Partial<Chosen>): void {
    const before = this.#seen.chosen
    const now = this.#keep(chosen)
    this.#sound?.setVolume(now.volume)
    const sound = this.#sound
    if (sound === undefined || now.microphone === before.microphone) return
    void sound.choose(now.microphone).then(problem => {
      if (this.#sound !== sound) return
      this.#show({ problem, hasMicrophone: sound.hasMicrophone })
      if (problem !== undefined) this.#keep({ microphone: before.microphone })
    })
  }

  save(name: string, utterances: readonly { readonly index: number; readonly say: string }[]): void {
    this.#happens({ kind: 'saving' })
    this.#line?.send({ kind: 'save', name, utterances })
  }

  /** Takes up what a press of the person's makes possible. */
  goOn(): void {
    this.#sound?.resume()
    this.#hurry()
    this.#show({ problem: undefined })
  }

  #message(message: ToPage): void {
    if (message.kind === 'answered') this.#stopRinging()
    this.#happens({ kind: 'message', message })
    if (message.kind === 'ended' || (message.kind === 'refused' && message.what === 'call')) this.#endSound()
  }

  #keep(chosen: Partial<Chosen>): Chosen {
    const now = { ...this.#seen.chosen, ...chosen }
    stored.write(now)
    this.#show({ chosen: now })
    return now
  }

  #startCall(): AbortController {
    this.#endSound()
    this.#call = new AbortController()
    this.#show(FRESH)
    this.#happens({ kind: 'opening' })
    return this.#call
  }

  #endSound(): void {
    this.#call.abort()
    this.#stopRinging()
    const sound = this.#sound
    this.#sound = undefined
    if (sound) {
      sound.open({ microphone: false, loudspeaker: true })
      setTimeout(() => sound.close(), TAIL_MS)
    }
    if (!this.#signal.aborted) this.#show({ isMuted: false, isOnHold: false, hint: undefined })
  }

  #openSound(): void {
    const { isMuted, isOnHold } = this.#seen
    this.#sound?.open({ microphone: !isMuted && !isOnHold, loudspeaker: !isOnHold })
  }

  #soundHeard(signal: AbortSignal) {
    const live = (change: Partial<Seen>): void => {
      if (!signal.aborted) this.#show(change)
    }
    return {
      onFrame: (frame: Uint8Array<ArrayBuffer>) => {
        if (!signal.aborted && this.#seen.phone.call.kind === 'answered') this.#line?.sendSound(frame)
      },
      onHint: (hint: Hint | undefined) => live({ hint, hasMicrophone: hint !== 'unplugged' }),
      onMicrophones: (microphones: readonly MicrophoneName[]) => live({ microphones }),
      onCounts: (counts: PlayoutCounts) => live({ counts }),
      onState: (state: 'running' | 'held' | 'stuck') => live({ problem: state === 'running' ? undefined : state }),
    }
  }

  #happens(happening: Happening): void {
    this.#show({ phone: after(this.#seen.phone, happening, performance.now()) })
  }

  #show(change: Partial<Seen>): void {
    this.#seen = { ...this.#seen, ...change }
    for (const listener of this.#listeners) listener()
  }
}

/** Whether a call can be begun. A server that is not ready can be rung: what it answers then can be heard. */
export const canCall = ({ phone }: Seen): boolean =>
  phone.server !== undefined &&
  phone.server.url !== '' &&
  (phone.call.kind === 'none' || phone.call.kind === 'ended' || phone.call.kind === 'lost')
