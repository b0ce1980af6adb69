import { decodeMulaw } from '../../audio/mulaw.ts'
import type { CallerFrame } from '../../conversation/ports.ts'
import type { AgentRecorder } from './playout.ts'

const RATE_HZ = 8_000
const SAMPLES_PER_MS = RATE_HZ / 1_000
const FRAME_MS = 20
/** Half the rate is enough to tell sounds apart, and a quarter of the work. */
const HALF = 0.5
/** What is looked at: half a second tells the agent's sound from any other, and takes 5 ms of computing. */
const MOST_MS = 500
const LEAST_MS = 150
const LEAST_HALVED_MS = 400
/** An echo comes back so much later than we reckon the sound to have been played; mobile networks add the most. */
const LEAST_DELAY_MS = -100
const MOST_DELAY_MS = 700
/** Two to four seconds of frames. */
const KEPT_FRAMES = 100

/** Both sides of the line for the last few seconds; costs nothing until it is asked. */
export interface OwnEcho extends AgentRecorder {
  caller(frame: CallerFrame): void
  /**
   * How well (0 to 1) the caller's sound from `sinceMs` on correlates with what was played, at the best delay. Measured on
   * fixtures with 60–500 ms of delay, 6–26 dB of loss, reflections and noise: the agent's own 0.7 to 0.9, speech of
   * somebody else below 0.45, coughs below 0.25, both at once below 0.5; 0.1 where the agent just paused.
   */
  likeness(sinceMs: number, nowMs: number): number
}

interface Piece {
  readonly atMs: number
  readonly pcm: Int16Array
}

/** Listens for the agent's own sound in what comes back from the caller. */
export function ownEcho(): OwnEcho {
  let callers: Piece[] = []
  let agents: { readonly atMs: number; readonly mulaw: Uint8Array }[] = []
  const kept = <T>(pieces: T[]): T[] => (pieces.length > 2 * KEPT_FRAMES ? pieces.slice(-KEPT_FRAMES) : pieces)
  return {
    caller(frame) {
      callers = kept(callers)
      callers.push(frame)
    },
    agent(mulaw, atMs) {
      agents = kept(agents)
      agents.push({ atMs, mulaw })
    },
    cutAgent(atMs) {
      agents = agents.filter(frame => frame.atMs < atMs)
    },
    likeness(sinceMs, nowMs) {
      const untilMs = Math.min(nowMs, sinceMs + MOST_MS)
      const fromMs = sinceMs - MOST_DELAY_MS
      const toMs = untilMs - LEAST_DELAY_MS
      const played = agents
        .filter(({ atMs }) => atMs > fromMs - FRAME_MS && atMs < toMs)
        .map(({ atMs, mulaw }) => ({ atMs, pcm: decodeMulaw(mulaw) }))
      return likeness(whitened(timeline(callers, sinceMs, untilMs)), whitened(timeline(played, fromMs, toMs)))
    },
  }
}

/** The pieces on one stretch of time, with silence between them. */
function timeline(pieces: readonly Piece[], fromMs: number, toMs: number): Int16Array {
  const sound = new Int16Array(Math.max(0, Math.round((toMs - fromMs) * SAMPLES_PER_MS)))
  for (const { atMs, pcm } of pieces) {
    const at = Math.round((atMs - fromMs) * SAMPLES_PER_MS)
    if (at + pcm.length <= 0 || at >= sound.length) continue
    const from = Math.max(0, -at)
    sound.set(pcm.subarray(from, Math.min(pcm.length, sound.length - at)), at + from)
  }
  return sound
}

/** Half the rate, and the higher pitches raised: speech is most alike other speech in its low ones. */
function whitened(sound: Int16Array): Float32Array {
  const out = new Float32Array(Math.floor(sound.length * HALF))
  let before = 0
  for (let i = 0; i < out.length; i++) {
    const low = ((sound[2 * i] ?? 0) + (sound[2 * i + 1] ?? 0)) / 2
    out[i] = low - 0.9 * before
    before = low
  }
  return out
}

/**
 * The correlation of what was heard with what was played, each half at its own best delay and by the share of its power:
 * where the voice was ducked or a frame came late, what came before and after are not equally late.
 */
function likeness(heard: Float32Array, own: Float32Array): number {
  if (heard.length < LEAST_MS * SAMPLES_PER_MS * HALF) return 0
  const half = heard.length < LEAST_HALVED_MS * SAMPLES_PER_MS * HALF ? 0 : heard.length >> 1
  const [first, second] = [heard.subarray(0, half), heard.subarray(half)]
  const [firstPower, secondPower] = [powerOf(first), powerOf(second)]
  if (firstPower + secondPower === 0) return 0
  const like = firstPower * correlation(first, firstPower, own.subarray(0, own.length - second.length))
  return (like + secondPower * correlation(second, secondPower, own.subarray(half))) / (firstPower + secondPower)
}

function powerOf(sound: Float32Array): number {
  let power = 0
  for (const sample of sound) power += sample * sample
  return power
}

/** The best correlation, wherever in what was played it began. */
function correlation(heard: Float32Array, heardPower: number, own: Float32Array): number {
  let ownPower = 0
  for (let i = 0; i < heard.length; i++) ownPower += (own[i] ?? 0) ** 2
  let best = 0
  for (let lag = 0; lag + heard.length <= own.length; lag++) {
    let both = 0
    for (let i = 0; i < heard.length; i++) both += (heard[i] ?? 0) * (own[lag + i] ?? 0)
    if (ownPower > 0 && heardPower > 0) best = Math.max(best, Math.abs(both) / Math.sqrt(heardPower * ownPower))
    ownPower += (own[lag + heard.length] ?? 0) ** 2 - (own[lag] ?? 0) ** 2
  }
  return best
}
