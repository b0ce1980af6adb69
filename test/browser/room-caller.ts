import { decodeMulaw, encodeMulaw } from '../../src/audio/mulaw.ts'
import { resampler } from '../../src/audio/resample.ts'
import type { Network } from '../../src/network.ts'
import { openCaller, type PlayedUtterance } from '../../src/sandbox/caller/caller.ts'
import { openComfortNoise } from '../../src/sandbox/caller/comfort-noise.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { announceUtterance } from '../../src/sandbox/deepgram/announce.ts'
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

/** A scripted caller of the telephone who is in a room instead. Resolves with what they said when they have left. */
export async function callInRoom(
  parts: RoomCallerParts,
  signal: AbortSignal,
): Promise<{ readonly played: readonly PlayedUtterance[]; readonly why: string }> {
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
  const { promise: left, resolve: leave, reject } = Promise.withResolvers<string>()
  let atMs = 0
  const stop = ticker.join(() => {
    const agent = encodeMulaw(lower(parts.hear() ?? silence))
    const does = person.slot({ atMs, agent, queuedMs: parts.queuedMs(), listening: true })
    atMs += SLOT_MS
    parts.speak(raise(decodeMulaw(does.frame)))
    if (does.key !== undefined) parts.press(does.key)
    if (does.hangUp) leave(does.hangUp.why)
  })
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return { why: await left, played: person.played }
  } finally {
    signal.removeEventListener('abort', abort)
    stop()
  }
}
