import type { StreamMessage } from '../../src/channels/phone/messages.ts'
import type { Chance } from './chance.ts'
import { isTorn, readFrame } from './coded-sound.ts'
import type { VirtualClock } from './virtual-clock.ts'

const SLOT_MS = 20

/** 20 ms of the agent's sound as the carrier met them. */
export interface CarrierFrame {
  readonly speech: number
  readonly place: number
  readonly isQuieter: boolean
  readonly bytes: Uint8Array
  readonly sentMs: number
  /** Lines of the journal at the time when it was sent. */
  readonly sentLines: number
  readonly arrivedMs: number
  /** The slot in which it was played, or would have been. */
  readonly fromMs: number
  isDropped: boolean
}

export interface CarrierClear {
  readonly sentMs: number
  readonly arrivedMs: number
  readonly framesBefore: number
}

export interface CarrierTraits {
  /** How likely a mark never comes back. */
  readonly marksLost: number
  /** How much later than its sound a mark may be sent back. */
  readonly marksLateMs: number
}

interface PendingMark {
  readonly name: string
  readonly echoMs: number
  readonly callOff: () => void
}

export interface CarrierParts {
  readonly clock: VirtualClock
  readonly streamSid: string
  readonly chance: Chance
  readonly traits: CarrierTraits
  /** When a message that the server sends now arrives. */
  readonly arrival: (sentMs: number) => number
  readonly journalLines: () => number
  /** Sends a message to the server. */
  readonly send: (message: StreamMessage) => void
}

/**
 * The carrier's side of one media stream: plays what comes in slots of 20 ms, one after the other, and keeps what was
 * really played. As all comes in order, each frame's slot is known as soon as it is sent, until a clear drops it.
 */
export class Carrier {
  readonly frames: CarrierFrame[] = []
  readonly clears: CarrierClear[] = []
  /** Messages that were none, or sound that no voice made. */
  readonly garbled: string[] = []
  marksLost = 0
  readonly #parts: CarrierParts
  readonly #phaseMs: number
  #marks: PendingMark[] = []
  #endMs = 0
  /** From here on nothing is played and nothing comes back. */
  #overMs = Number.POSITIVE_INFINITY

  constructor(parts: CarrierParts) {
    this.#parts = parts
    this.#phaseMs = parts.chance.between(0, SLOT_MS)
  }

  /** Takes one text message of the server's. */
  receive(text: string): void {
    const { clock, arrival } = this.#parts
    const message = JSON.parse(text)
    const arrivedMs = arrival(clock.now())
    switch (message.event) {
      case 'media':
        return this.#media(Buffer.from(message.media.payload, 'base64'), arrivedMs)
      case 'mark':
        return this.#mark(message.mark.name, arrivedMs)
      case 'clear':
        return this.#clear(arrivedMs)
    }
    this.garbled.push(text)
  }

  #media(bytes: Uint8Array, arrivedMs: number): void {
    const coded = readFrame(bytes)
    if (!coded && !isTorn(bytes)) this.garbled.push(`${bytes.length} bytes that no voice made`)
    const slots = Math.ceil((arrivedMs - this.#phaseMs) / SLOT_MS)
    const fromMs = Math.max(this.#endMs, slots * SLOT_MS + this.#phaseMs)
    this.#endMs = fromMs + SLOT_MS
    if (!coded) return
    const { number: speech, place, isQuieter } = coded
    const sentMs = this.#parts.clock.now()
    const sentLines = this.#parts.journalLines()
    this.frames.push({
      speech,
      place,
      isQuieter,
      bytes,
      sentMs,
      sentLines,
      arrivedMs,
      fromMs,
      isDropped: fromMs >= this.#overMs,
    })
  }

  #mark(name: string, arrivedMs: number): void {
    const { clock, chance, traits } = this.#parts
    if (chance.happens(traits.marksLost)) {
      this.marksLost++
      return
    }
    const before = this.#marks.at(-1)?.echoMs ?? 0
    const echoMs = Math.max(before, this.#endMs, arrivedMs) + chance.between(0, traits.marksLateMs)
    const callOff = clock.quietlyAt(echoMs, () => {
      this.#marks = this.#marks.filter(other => other !== mark)
      this.#echo(name)
    })
    const mark = { name, echoMs, callOff }
    this.#marks.push(mark)
  }

  #clear(arrivedMs: number): void {
    this.clears.push({ sentMs: this.#parts.clock.now(), arrivedMs, framesBefore: this.frames.length })
    this.#dropFrom(arrivedMs)
    const pending = this.#marks.filter(mark => mark.echoMs > arrivedMs)
    this.#marks = this.#marks.filter(mark => mark.echoMs <= arrivedMs)
    for (const mark of pending) {
      mark.callOff()
      this.#parts.clock.quietlyAt(arrivedMs, () => this.#echo(mark.name))
    }
  }

  /** The call is over, or will be then: what has not been played by then never is. */
  end(atMs: number): void {
    this.#overMs = Math.min(this.#overMs, atMs)
    this.#dropFrom(this.#overMs)
  }

  #dropFrom(ms: number): void {
    for (let at = this.frames.length - 1; at >= 0; at--) {
      const frame = this.frames[at]
      if (!frame || frame.fromMs < ms) break
      if (!frame.isDropped) this.#endMs = Math.min(this.#endMs, frame.fromMs)
      frame.isDropped = true
    }
  }

  #echo(name: string): void {
    if (this.#parts.clock.now() >= this.#overMs) return
    this.#parts.send({ event: 'mark', streamSid: this.#parts.streamSid, mark: { name } })
  }

  /** What is being played at this moment, if anything. */
  playedAt(ms: number): CarrierFrame | undefined {
    for (let at = this.frames.length - 1; at >= 0; at--) {
      const frame = this.frames[at]
      if (!frame || frame.isDropped || frame.fromMs > ms) continue
      return ms < frame.fromMs + SLOT_MS ? frame : undefined
    }
    return undefined
  }

  /** When the agent's last sound before this moment ended; 0 where there was none. */
  quietSince(ms: number): number {
    for (let at = this.frames.length - 1; at >= 0; at--) {
      const frame = this.frames[at]
      if (frame && !frame.isDropped && frame.fromMs <= ms) return Math.min(ms, frame.fromMs + SLOT_MS)
    }
    return 0
  }
}
