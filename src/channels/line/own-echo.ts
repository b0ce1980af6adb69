import type { Span } from '../../conversation/own-sound.ts'
import type { CallerFrame } from '../../conversation/ports.ts'
import { correlation } from './correlation.ts'
import type { AgentRecorder } from './playout.ts'

/** This rate is enough to tell sounds apart. */
const COMPARED_HZ = 4_000
const SAMPLES_PER_MS = COMPARED_HZ / 1_000
/** Half a second distinguishes the agent's sound from any other. */
const MOST_MS = 500
/** Less sound is like anything: the end of a word, or its rest where a line comes back in the middle of it. */
const LEAST_MS = 150
const LEAST_HALVED_MS = 400
/** The echo's delay after the estimated time of playing; mobile networks add the most. */
const LEAST_DELAY_MS = -100
const MOST_DELAY_MS = 700
/** Short enough to tell a word from the echo around it. */
const PIECE_MS = 250
const OWN_PIECE = 0.55
/** Ears date a word some ms off, in either direction. */
const DATED_OFF_MS = [-80, 0, 80]
/** So much of a long word is enough. */
const MOST_WORD_MS = 600
/** What an echo before somebody else's sound counts for at most. */
const MOST_BEFORE = 0.25
/** What an echo counts for at least, where a noise before it was loud. */
const LEAST_NEWEST = 0.1
/** The power of a sample of the quietest sound that is looked at: noise of a line is below it. */
const LEAST_POWER = 1_000
const BLOCK_MS = 20
/** A block of so little of the mean power is a rest of the sound beside it, or noise. */
const LEAST_PART = 0.02
/** A longer gap is a pause between two speeches. */
const LEAST_GAP_MS = 5
const MOST_GAP_MS = 300
/** Three seconds of frames at least: a final transcript looks back for 2.7 s, and what is sent lies ahead. */
const RECENT_FRAMES = 160

/** Holds the last few seconds of both sides of the line; computes only when asked. */
export interface OwnEcho extends Pick<AgentRecorder, 'moveAgent' | 'cutAgent'> {
  /** The agent's voice alone. */
  agent(pcm: Int16Array, playsAtMs: number): void
  caller(frame: CallerFrame): void
  /**
   * How well (0 to 1) the caller's sound from `sinceMs` on correlates with what was played, at the best delay. Measured
   * on fixtures with 60–500 ms of delay, 6–26 dB of loss, reflections and noise: the agent's own sound 0.7 to 0.9,
   * other speech below 0.45, coughs below 0.25, both at once below 0.5; 0.1 where the agent just paused.
   */
  likeness(sinceMs: number, nowMs: number): number
  /**
   * How much (0 to 1) of the caller's sound from `sinceMs` on was the agent's own, by its power, a tenth at least where the newest was, a quarter at most where it was not; undefined where nothing
   * was played or nothing was heard, and where a voice with gaps, whose frames played nobody knows when, is not found. Measured in pieces of a quarter of a second on the same fixtures: each piece of an
   * echo is alike by 0.74 or more, each piece of other speech by 0.47 or less.
   */
  share(sinceMs: number, nowMs: number): number | undefined
  /**
   * How like (0 to 1) the caller's sound in a span, such as that of a word, is to what was played. Null where the
   * caller's sound is not known any more or too quiet, and where a voice with gaps is not found.
   */
  at(span: Span): number | null
}

interface Piece {
  readonly atMs: number
  readonly pcm: Int16Array
}

/** Detects the agent's own sound in the caller's, both at `rateHz`, which is a multiple of 4,000. */
export function ownEcho(rateHz: number): OwnEcho {
  let callerPieces: Piece[] = []
  let agentPieces: Piece[] = []
  const whitenedBetween = (pieces: readonly Piece[], fromMs: number, toMs: number): Float32Array =>
    whitened(timeline(pieces, fromMs, toMs, rateHz), rateHz)
  const recent = <T>(pieces: T[]): T[] => (pieces.length > 2 * RECENT_FRAMES ? pieces.slice(-RECENT_FRAMES) : pieces)
  /** What was played before is not known any more. */
  let playedFromMs = Number.NEGATIVE_INFINITY
  return {
    caller(frame) {
      callerPieces = recent(callerPieces)
      callerPieces.push(frame)
    },
    agent(pcm, atMs) {
      const kept = recent(agentPieces)
      if (kept.length < agentPieces.length) playedFromMs = kept[0]?.atMs ?? playedFromMs
      agentPieces = kept
      agentPieces.push({ atMs, pcm })
    },
    moveAgent(fromMs, byMs) {
      agentPieces = agentPieces.map(({ atMs, pcm }) => ({ atMs: atMs < fromMs ? atMs : atMs + byMs, pcm }))
    },
    cutAgent(atMs) {
      agentPieces = agentPieces.filter(frame => frame.atMs < atMs)
    },
    likeness(sinceMs, nowMs) {
      const untilMs = Math.min(nowMs, sinceMs + MOST_MS)
      const heard = whitenedBetween(callerPieces, sinceMs, untilMs)
      return likeness(heard, whitenedBetween(agentPieces, sinceMs - MOST_DELAY_MS, untilMs - LEAST_DELAY_MS))
    },
    share(sinceMs, nowMs) {
      let ownPower = 0
      let allPower = 0
      let hasPlayed = false
      let isHeard = false
      let isNewestOwn: boolean | undefined
      for (let toMs = nowMs; toMs - PIECE_MS >= sinceMs; toMs -= PIECE_MS) {
        const fromMs = toMs - PIECE_MS
        const played = whitenedBetween(agentPieces, fromMs - MOST_DELAY_MS, toMs - LEAST_DELAY_MS)
        const isPlayed = powerOf(played) > 0
        hasPlayed ||= isPlayed
        const heard = whitenedBetween(callerPieces, fromMs, toMs)
        const power = powerOf(heard)
        if (power < LEAST_POWER * heard.length) continue
        isHeard = true
        if (!isSound(heard, power)) continue
        allPower += power
        const isOwn = isPlayed && correlation(heard, power, played) >= OWN_PIECE
        isNewestOwn ??= isOwn
        if (isOwn) ownPower += power
      }
      const isUnknown = ownPower === 0 && hasGaps(agentPieces, sinceMs - MOST_DELAY_MS, rateHz)
      if (!hasPlayed || !isHeard || isUnknown) return undefined
      // Sounds that are too short are no echo that anybody would know.
      if (allPower === 0) return 0
      // New words are in the newest sound, however loud an echo, or a noise, was before them.
      const part = ownPower / allPower
      return isNewestOwn ? Math.max(part, LEAST_NEWEST) : Math.min(part, MOST_BEFORE)
    },
    at({ fromMs, toMs }) {
      const moreMs = Math.max(0, PIECE_MS - (toMs - fromMs)) / 2
      const [sinceMs, untilMs] = [fromMs - moreMs, Math.min(toMs + moreMs, fromMs + MOST_WORD_MS)]
      const likes = DATED_OFF_MS.map(offMs => {
        const heard = whitenedBetween(callerPieces, sinceMs + offMs, untilMs + offMs)
        const power = powerOf(heard)
        if (!isSound(heard, power)) return null
        if (sinceMs + offMs - MOST_DELAY_MS < playedFromMs) return null
        const played = whitenedBetween(agentPieces, sinceMs + offMs - MOST_DELAY_MS, untilMs + offMs - LEAST_DELAY_MS)
        return powerOf(played) === 0 ? 0 : correlation(heard, power, played)
      })
      const known = likes.filter(like => like !== null)
      if (known.length === 0) return null
      const like = Math.max(...known)
      const isUnknown = like < OWN_PIECE && hasGaps(agentPieces, sinceMs - MOST_DELAY_MS, rateHz)
      return isUnknown ? null : like
    },
  }
}

/** Is it loud enough, and for long enough? */
function isSound(heard: Float32Array, power: number): boolean {
  if (heard.length === 0 || power < LEAST_POWER * heard.length) return false
  const block = BLOCK_MS * SAMPLES_PER_MS
  const least = block * Math.max(LEAST_POWER, (LEAST_PART * power) / heard.length)
  let ms = 0
  for (let at = 0; at < heard.length; at += block) if (powerOf(heard.subarray(at, at + block)) >= least) ms += BLOCK_MS
  return ms >= LEAST_MS
}

/** A voice that is made more slowly than it plays: the line runs dry between its frames. */
function hasGaps(pieces: readonly Piece[], fromMs: number, rateHz: number): boolean {
  let endMs = Number.NEGATIVE_INFINITY
  return pieces.some(({ atMs, pcm }) => {
    const gapMs = atMs - endMs
    endMs = atMs + (pcm.length * 1_000) / rateHz
    return atMs >= fromMs && gapMs > LEAST_GAP_MS && gapMs < MOST_GAP_MS
  })
}

/** The pieces between two times as one sound, with silence in the gaps. */
function timeline(pieces: readonly Piece[], fromMs: number, toMs: number, rateHz: number): Int16Array {
  const sampleAt = (ms: number): number => Math.round((ms * rateHz) / 1_000)
  const sound = new Int16Array(Math.max(0, sampleAt(toMs - fromMs)))
  for (const { atMs, pcm } of pieces) {
    const at = sampleAt(atMs - fromMs)
    if (at + pcm.length <= 0 || at >= sound.length) continue
    const from = Math.max(0, -at)
    sound.set(pcm.subarray(from, Math.min(pcm.length, sound.length - at)), at + from)
  }
  return sound
}

/** Lowers the rate and raises high frequencies, because all speech is alike in the low ones. */
function whitened(sound: Int16Array, rateHz: number): Float32Array {
  const each = rateHz / COMPARED_HZ
  const out = new Float32Array(Math.floor(sound.length / each))
  let before = 0
  for (let i = 0; i < out.length; i++) {
    let low = 0
    for (let k = 0; k < each; k++) low += (sound[each * i + k] ?? 0) / each
    out[i] = low - 0.9 * before
    before = low
  }
  return out
}

/**
 * Correlates what was heard with what was played. Each half has its own best delay and is weighted by its power,
 * because the delay changes where the voice was ducked or a frame came late.
 */
function likeness(heard: Float32Array, played: Float32Array): number {
  if (heard.length < LEAST_MS * SAMPLES_PER_MS) return 0
  const half = heard.length < LEAST_HALVED_MS * SAMPLES_PER_MS ? 0 : heard.length >> 1
  const [first, second] = [heard.subarray(0, half), heard.subarray(half)]
  const [firstPower, secondPower] = [powerOf(first), powerOf(second)]
  if (firstPower + secondPower === 0) return 0
  const like = firstPower * correlation(first, firstPower, played.subarray(0, played.length - second.length))
  return (like + secondPower * correlation(second, secondPower, played.subarray(half))) / (firstPower + secondPower)
}

function powerOf(sound: Float32Array): number {
  let power = 0
  for (const sample of sound) power += sample * sample
  return power
}
