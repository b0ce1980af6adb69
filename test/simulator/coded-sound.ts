import { MULAW_SILENCE } from '../../src/audio/mulaw.ts'

/** 20 ms at 8 kHz: one frame of the phone line. */
export const FRAME_SAMPLES = 160
const BIT_SAMPLES = 4
const BITS = FRAME_SAMPLES / BIT_SAMPLES
const NUMBER_BITS = 10
const PLACE_BITS = 13
const FULL = 6_000
/** Positive samples have the top bit of their mu-law byte set at any level. */
const SIGN = 0x80

/** The shortest last frame, padded with silence, that can still be read. */
export const LEAST_LAST_SAMPLES = 120

/** What 20 ms of coded sound encode in the signs of their samples, which survive mu-law and any level. */
export interface CodedFrame {
  readonly number: number
  readonly place: number
  readonly isQuieter: boolean
}

/** One byte per bit: the number, the place in the sound, and a checksum. */
function bitsOf(number: number, place: number): Uint8Array {
  const check = Math.imul(number * 8_191 + place + 1, 0x9e3779b1) >>> 8
  const bits = new Uint8Array(BITS)
  for (let bit = 0; bit < NUMBER_BITS; bit++) bits[bit] = (number >> bit) & 1
  for (let bit = 0; bit < PLACE_BITS; bit++) bits[NUMBER_BITS + bit] = (place >> bit) & 1
  for (let bit = 0; bit < BITS - NUMBER_BITS - PLACE_BITS; bit++)
    bits[NUMBER_BITS + PLACE_BITS + bit] = (check >> bit) & 1
  return bits
}

/** Samples `from` to `to` of the sound with this number. Every 160 samples encode their place in it. */
export function codedSound(number: number, from: number, to: number): Int16Array {
  const pcm = new Int16Array(to - from)
  for (let place = Math.floor(from / FRAME_SAMPLES); place * FRAME_SAMPLES < to; place++) {
    const bits = bitsOf(number, place)
    const start = place * FRAME_SAMPLES
    for (let at = Math.max(from, start); at < Math.min(to, start + FRAME_SAMPLES); at++)
      pcm[at - from] = bits[Math.floor((at - start) / BIT_SAMPLES)] ? FULL : -FULL
  }
  return pcm
}

/** Reads 160 bytes of mu-law; undefined if they are not a complete frame of coded sound. */
export function readFrame(mulaw: Uint8Array): CodedFrame | undefined {
  let length = mulaw.length
  while (length > 0 && mulaw[length - 1] === MULAW_SILENCE) length--
  if (mulaw.length !== FRAME_SAMPLES || length < LEAST_LAST_SAMPLES) return undefined
  const bit = (index: number): number => ((mulaw[index * BIT_SAMPLES] ?? 0) & SIGN ? 1 : 0)
  let number = 0
  let place = 0
  for (let index = 0; index < NUMBER_BITS; index++) number |= bit(index) << index
  for (let index = 0; index < PLACE_BITS; index++) place |= bit(NUMBER_BITS + index) << index
  const bits = bitsOf(number, place)
  for (let at = 0; at < length; at++) {
    const sign = (mulaw[at] ?? 0) & SIGN ? 1 : 0
    if (sign !== bits[Math.floor(at / BIT_SAMPLES)]) return undefined
  }
  // Mu-law inverts its bits: loud samples have a low exponent in the byte.
  return { number, place, isQuieter: ((mulaw[0] ?? 0) & 0x70) > 0x20 }
}

/** True for a padded last frame that is too short to be read. */
export const isTruncated = (mulaw: Uint8Array): boolean =>
  mulaw.length === FRAME_SAMPLES && mulaw.subarray(LEAST_LAST_SAMPLES).every(byte => byte === MULAW_SILENCE)
