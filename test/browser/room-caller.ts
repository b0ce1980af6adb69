import { decodeMulaw, encodeMulaw, MULAW_SILENCE } from '../../src/audio/mulaw.ts'
import { resampler } from '../../src/audio/resample.ts'
import type { Network } from '../../src/network.ts'
import { openCaller, type PlayedUtterance } from '../../src/sandbox/caller/caller.ts'
import { openComfortNoise } from '../../src/sandbox/caller/comfort-noise.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { announceUtterance } from '../../src/sandbox/deepgram/announce.ts'
import { SLOT_BYTES } from '../../src/sandbox/twilio/playout.ts'
import { SLOT_MS, type Ticker } from '../../src/sandbox/twilio/ticker.ts'

export interface RoomCallerParts {
  readonly script: Script
  readonly callId: string
  readonly announceUrl: string
  readonly network: Network
  readonly ticker: Ticker
  readonly seed: number
  /** The agent's voice that is to be heard in the next 20 ms, at 24 kHz; undefined for silence. */
  readonly hear: () => Int16Array | undefined
  /** How much of it waits to be played. */
  readonly queuedMs: () => number
  /** 20 ms of the caller's voice, at 16 kHz. */
  readonly speak: (pcm: Int16Array) => void
  readonly press: (key: string) => void
}

/** What was said and heard in a room. Times are ms from the start of both legs. */
export interface RoomCall {
  readonly played: readonly PlayedUtterance[]
  readonly why: string
  readonly gaveUp: boolean
  /** Both sides as on a telephone (mu-law, 8 kHz): each slot's sound as it was sent, and as it was heard after it. */
  readonly legs: { readonly caller: Uint8Array; readonly agent: Uint8Array }
  /** The wall time at which the legs begin. */
  readonly zeroWallMs: number
}

/** A scripted caller of the telephone who is in a room instead. Resolves with what they said when they have left. */
export async function callInRoom(parts: RoomCallerParts, signal: AbortSignal): Promise<RoomCall> {
  const { script, callId, announceUrl, network, ticker, seed } = parts
  const random = seeded(seed)
  const [lower, raise] = [resampler(24_000, 8_000), resampler(8_000, 16_000)]
  const silence = new Int16Array(480)
  const person = openCaller(
    {
      script,
      idle: openComfortNoise(random),
      patienceMs: 20_000,
      onUtterance: () => undefined,
      announce: (utterance, until) => announceUtterance(announceUrl, callId, utterance, network, until),
    },
    signal,
  )
  const { promise: left, resolve: leave, reject } = Promise.withResolvers<{ why: string; gaveUp: boolean }>()
  const callerFrames: Uint8Array[] = []
  // What has arrived when a slot ends is played in the next one.
  const agentFrames: Uint8Array[] = [new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)]
  let zeroWallMs = Number.POSITIVE_INFINITY
  let atMs = 0
  const stop = ticker.join(() => {
    const agent = encodeMulaw(lower(parts.hear() ?? silence))
    const does = person.slot({ atMs, agent, queuedMs: parts.queuedMs(), listening: true })
    atMs += SLOT_MS
    // No slot comes early, so the earliest one was in time.
    zeroWallMs = Math.min(zeroWallMs, ticker.clock.wallTime().getTime() - atMs)
    callerFrames.push(does.frame)
    agentFrames.push(agent)
    parts.speak(raise(decodeMulaw(does.frame)))
    if (does.key !== undefined) parts.press(does.key)
    if (does.hangUp) leave(does.hangUp)
  })
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const { why, gaveUp } = await left
    const legs = { caller: joined(callerFrames), agent: joined(agentFrames) }
    return { why, gaveUp, played: person.played, legs, zeroWallMs }
  } finally {
    signal.removeEventListener('abort', abort)
    stop()
  }
}

const joined = (frames: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(frames))
