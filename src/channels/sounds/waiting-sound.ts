import { createHash } from 'node:crypto'
import { levelled } from '../../audio/made-music.ts'
import { encodeWav } from '../../audio/wav.ts'

/** Between two of them a caller is told their place in the queue, and asks for a line. */
const PIECE_SECONDS = 8
const RATE_HZ = 8_000
const WAITING_DB = -26
/** A piece begins and ends without a click. */
const FADE_SECONDS = 0.06
const NAME_LETTERS = 24

/** What callers hear who wait for an agent: pieces that follow each other, the first one after the last. */
export interface WaitingSound {
  readonly pieces: readonly WaitingPiece[]
}

/** Those of all agents. */
export interface WaitingSounds {
  /** Of the agent of this name; undefined where its author chose nothing. */
  readonly of: (agent: string) => WaitingSound | undefined
  readonly all: readonly WaitingSound[]
}

/** A WAV file at the rate of the telephone. Its name is made of what is in it, so that it may be kept for ever. */
export interface WaitingPiece {
  readonly name: string
  readonly wav: Uint8Array
}

/** Of samples at 8,000 Hz, a minute at most. */
export function waitingSound(pcm: Int16Array): WaitingSound {
  const level = levelled(pcm, WAITING_DB)
  const count = Math.max(1, Math.round(level.length / (PIECE_SECONDS * RATE_HZ)))
  const length = Math.ceil(level.length / count)
  return {
    pieces: Array.from({ length: count }, (_, index) => pieceOf(level.slice(index * length, (index + 1) * length))),
  }
}

function pieceOf(pcm: Int16Array): WaitingPiece {
  const fade = Math.min(FADE_SECONDS * RATE_HZ, pcm.length / 2)
  const faded = pcm.map((sample, i) => Math.round(sample * Math.min(1, i / fade, (pcm.length - 1 - i) / fade)))
  const wav = encodeWav({ pcm: faded, rateHz: RATE_HZ, channels: 1 })
  return { name: createHash('sha256').update(wav).digest('hex').slice(0, NAME_LETTERS), wav }
}
