import { encodeMulaw, MULAW_SILENCE } from '../../src/audio/mulaw.ts'
import type { StreamMessage } from '../../src/channels/phone/messages.ts'
import type { CallerFrame } from '../../src/conversation/ports.ts'
import type { VirtualClock } from '../../src/replay/virtual-clock.ts'
import type { CallerSpeech, Piece, SpokenWord } from './caller-speech.ts'
import type { Carrier } from './carrier.ts'
import type { Chance } from './chance.ts'
import { codedSound, FRAME_SAMPLES, readFrame } from './coded-sound.ts'
import type { Ledger } from './ledger.ts'

/** Longer than Twilio's 20 ms: a fifth of the work, and often enough to keep the stream alive. */
export const PIECE_MS = 100
const SLOT_MS = 20
/** A coded frame holds a number below 1,024. Its place holds the thousands. */
const NUMBERS = 1_000
const PIECE_BYTES = 8 * PIECE_MS
/** How much quieter the echo is: each 0x10 of a mu-law byte's exponent is 6 dB. */
const ECHO_STEP = 0x20

/** What happens to the caller's sound before the carrier sends it on. */
export interface MediaTraits {
  readonly lost: number
  readonly twice: number
  readonly swapped: number
  /** The probability, per piece, that media is held up and then arrives at once. */
  readonly bursts: number
  readonly mostBurstMs: number
  /** How much the carrier's clock is fast. */
  readonly driftPpm: number
  /** The first timestamp. */
  readonly baseMs: number
  /** The delay of the agent's echo; undefined if there is none. */
  readonly echoMs: number | undefined
}

export const anyMediaTraits = (chance: Chance): MediaTraits => {
  const isBad = chance.happens(0.2)
  return {
    lost: isBad ? 0.02 : 0,
    twice: isBad ? 0.01 : 0,
    swapped: isBad ? 0.01 : 0,
    bursts: chance.happens(0.2) ? 0.01 : 0,
    mostBurstMs: isBad ? 2_000 : 500,
    driftPpm: chance.between(-200, 200),
    baseMs: chance.happens(0.05) ? chance.whole(6_000, 100_000_000) : 0,
    echoMs: chance.happens(0.08) ? chance.whole(80, 400) : undefined,
  }
}

export interface CallerMediaParts {
  readonly clock: VirtualClock
  readonly streamSid: string
  readonly startMs: number
  readonly chance: Chance
  readonly traits: MediaTraits
  readonly callerSpeech: CallerSpeech
  readonly carrier: Carrier
  readonly ledger: Ledger
  readonly send: (message: StreamMessage) => void
}

const noise = encodeMulaw(Int16Array.from({ length: PIECE_BYTES }, (_, i) => 3_000 * Math.sin(i * i * 0.37)))
const echoed = (byte: number): number => ((byte & 0x70) > 0x50 ? byte | 0x70 : byte + ECHO_STEP)

/** Sends the caller's sound into the stream. Each piece encodes its number, so that the providers know its content. */
export class CallerMedia {
  readonly pieces: Piece[] = []
  readonly #parts: CallerMediaParts
  #number = 0
  #heldUntilMs = 0
  #swapped: { readonly message: StreamMessage } | undefined
  #echoedMs = 0

  constructor(parts: CallerMediaParts) {
    this.#parts = parts
  }

  /** When the next piece is complete. */
  get dueMs(): number {
    const { startMs, traits } = this.#parts
    return startMs + (this.#number + 1) * PIECE_MS * (1 + traits.driftPpm / 1e6)
  }

  /** Sends the next piece. */
  next(): void {
    const { clock, chance, traits, callerSpeech, ledger } = this.#parts
    const number = this.#number++
    const toMs = this.dueMs - PIECE_MS
    const fromMs = toMs - PIECE_MS
    const own = callerSpeech.piece(fromMs, toMs)
    const echo = own.voiced ? undefined : this.#echo(fromMs)
    const piece = echo ? { ...own, isEcho: true, voiced: { firstMs: 0, lastMs: PIECE_MS }, words: echo.words } : own
    this.pieces.push(piece)
    const bytes = echo?.bytes ?? (own.voiced ? Uint8Array.from(noise) : new Uint8Array(PIECE_BYTES).fill(MULAW_SILENCE))
    const place = FRAME_SAMPLES * Math.floor(number / NUMBERS)
    const code = encodeMulaw(codedSound(number % NUMBERS, place, place + FRAME_SAMPLES))
    // Softly where the caller is silent: a pause is quiet, and an echo is to be like what was played.
    bytes.set(own.voiced ? code : code.map(echoed).map(echoed).map(echoed))
    if (chance.happens(traits.lost)) return ledger.count('caller media lost')
    const message = this.#message(number, bytes, traits.baseMs + number * PIECE_MS)
    if (chance.happens(traits.bursts)) {
      ledger.count('caller media in bursts')
      this.#heldUntilMs = clock.now() + chance.between(100, traits.mostBurstMs)
    }
    if (this.#swapped === undefined && chance.happens(traits.swapped)) {
      ledger.count('caller media out of order')
      this.#swapped = { message }
      return
    }
    this.#send(message)
    if (this.#swapped) this.#send(this.#swapped.message)
    this.#swapped = undefined
    if (chance.happens(traits.twice)) {
      ledger.count('caller media twice')
      this.#send(message)
    }
  }

  #send(message: StreamMessage): void {
    const { clock, send } = this.#parts
    if (this.#heldUntilMs <= clock.now()) return send(message)
    clock.quietlyAt(this.#heldUntilMs, () => send(message))
  }

  #message(number: number, bytes: Uint8Array, timestamp: number): StreamMessage {
    const payload = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
    return {
      event: 'media',
      streamSid: this.#parts.streamSid,
      media: { track: 'inbound', chunk: number + 1, timestamp, payload },
    }
  }

  /** The echo of the agent's sound at this time, if any, sometimes with its words. */
  #echo(
    fromMs: number,
  ): { readonly bytes: Uint8Array<ArrayBuffer>; readonly words: readonly SpokenWord[] } | undefined {
    const { traits, carrier, ledger, chance } = this.#parts
    if (traits.echoMs === undefined) return undefined
    const bytes = new Uint8Array(PIECE_BYTES).fill(MULAW_SILENCE)
    const words: SpokenWord[] = []
    let hasSound = false
    for (let slot = 0; slot < PIECE_MS / SLOT_MS; slot++) {
      const frame = carrier.playedAt(fromMs + slot * SLOT_MS - traits.echoMs)
      if (!frame) continue
      hasSound = true
      bytes.set(frame.bytes.map(echoed), slot * FRAME_SAMPLES)
      const word = ledger.wordEndingIn(frame.speech, frame.place * SLOT_MS, (frame.place + 1) * SLOT_MS)
      if (word && chance.happens(0.3)) words.push({ text: word, endMs: fromMs + (slot + 1) * SLOT_MS })
    }
    if (!hasSound) return undefined
    if (fromMs - this.#echoedMs > 10 * PIECE_MS) ledger.count('echoes')
    this.#echoedMs = fromMs
    return { bytes, words }
  }

  /** The content of a frame of the caller's sound. */
  read(frame: CallerFrame): Piece {
    const coded = readFrame(encodeMulaw(frame.pcm.subarray(0, FRAME_SAMPLES)))
    const piece = coded && this.pieces[coded.number + coded.place * NUMBERS]
    if (!piece) throw new Error("this is not a piece of the caller's media")
    return piece
  }
}
