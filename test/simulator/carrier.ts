import type { StreamMessage } from '../../src/channels/phone/messages.ts'
import type { VirtualClock } from '../../src/replay/virtual-clock.ts'
import type { Chance } from './chance.ts'
import { isTruncated, readFrame } from './coded-sound.ts'

const SLOT_MS = 20

/** 20 ms of the agent's sound as the carrier received them. */
export interface CarrierFrame {
  readonly speech: number
  readonly place: number
  readonly isQuieter: boolean
  readonly bytes: Uint8Array
  readonly sentMs: number
  /** The number of journal lines when it was sent. */
  readonly sentLines: number
  readonly arrivedMs: number
  /** The start of the slot in which it was played, or would have been. */
  readonly fromMs: number
  isDropped: boolean
}

export interface CarrierClear {
  readonly sentMs: number
  readonly arrivedMs: number
  readonly framesBefore: number
}

export interface CarrierTraits {
  /** The probability that a mark never returns. */
  readonly marksLost: number
  /** The longest delay of a returned mark after its sound. */
  readonly marksLateMs: number
}

interface PendingMark {
  readonly name: string
  readonly returnMs: number
  readonly cancel: () => void
}

export interface CarrierParts {
  readonly clock: VirtualClock
  readonly streamSid: string
  readonly chance: Chance
  readonly traits: CarrierTraits
  /** The time of arrival of a message from the server. */
  readonly arrival: (sentMs: number) => number
  readonly journalLines: () => number
  /** Sends a message to the server. */
  readonly send: (message: StreamMessage) => void
}

/**
 * The carrier's side of one media stream: plays frames in consecutive slots of 20 ms and records what was really
 * played. Messages arrive in order, so each frame's slot is known as soon as it is sent, unless a clear drops it.
 */
export class Carrier {
  readonly frames: CarrierFrame[] = []
  readonly clears: CarrierClear[] = []
  /** Invalid messages, and sound that no simulated voice made. */
  readonly garbled: string[] = []
  marksLost = 0
  readonly #parts: CarrierParts
  readonly #phaseMs: number
  #marks: PendingMark[] = []
  #endMs = 0
  /** After this time nothing is played and no mark returns. */
  #overMs = Number.POSITIVE_INFINITY

  constructor(parts: CarrierParts) {
    this.#parts = parts
    this.#phaseMs = parts.chance.between(0, SLOT_MS)
  }

  /** Takes one text message from the server. */
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
    if (!coded && !isTruncated(bytes)) this.garbled.push(`${bytes.length} bytes that no voice made`)
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
    const before = this.#marks.at(-1)?.returnMs ?? 0
    const returnMs = Math.max(before, this.#endMs, arrivedMs) + chance.between(0, traits.marksLateMs)
    const cancel = clock.quietlyAt(returnMs, () => {
      this.#marks = this.#marks.filter(other => other !== mark)
      this.#returnMark(name)
    })
    const mark = { name, returnMs, cancel }
    this.#marks.push(mark)
  }

  #clear(arrivedMs: number): void {
    this.clears.push({ sentMs: this.#parts.clock.now(), arrivedMs, framesBefore: this.frames.length })
    this.#dropFrom(arrivedMs)
    const pending = this.#marks.filter(mark => mark.returnMs > arrivedMs)
    this.#marks = this.#marks.filter(mark => mark.returnMs <= arrivedMs)
    for (const mark of pending) {
      mark.cancel()
      this.#parts.clock.quietlyAt(arrivedMs, () => this.#returnMark(mark.name))
    }
  }

  /** Ends the call at this time: sound that has not been played by then is dropped. */
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

  #returnMark(name: string): void {
    if (this.#parts.clock.now() >= this.#overMs) return
    this.#parts.send({ event: 'mark', streamSid: this.#parts.streamSid, mark: { name } })
  }

  /** The frame that is played at this time, if any. */
  playedAt(ms: number): CarrierFrame | undefined {
    for (let at = this.frames.length - 1; at >= 0; at--) {
      const frame = this.frames[at]
      if (!frame || frame.isDropped || frame.fromMs > ms) continue
      return ms < frame.fromMs + SLOT_MS ? frame : undefined
    }
    return undefined
  }

  /** When the agent's last sound before this time ended; 0 if there was none. */
  quietSince(ms: number): number {
    for (let at = this.frames.length - 1; at >= 0; at--) {
      const frame = this.frames[at]
      if (frame && !frame.isDropped && frame.fromMs <= ms) return Math.min(ms, frame.fromMs + SLOT_MS)
    }
    return 0
  }
}
