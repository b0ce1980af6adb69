import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { untilAborted } from '../../fakes/scripted.ts'
import { type CallerMedia, PIECE_MS } from '../caller-media.ts'
import type { Chance } from '../chance.ts'
import type { Ledger } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

export interface DetectorTraits {
  /** The probability that it misses a whole sound. */
  readonly misses: number
  /** The probability, per silent piece, that it detects speech. */
  readonly falselyDetects: number
  /** The probability that it stays on for seconds after a sound. */
  readonly sticks: number
  readonly hangoverMs: number
  /** It fails this long after its start; never if undefined. */
  readonly failsAfterMs: number | undefined
}

export const anyDetector = (chance: Chance): DetectorTraits => ({
  misses: chance.happens(0.2) ? 0.15 : 0,
  falselyDetects: chance.happens(0.15) ? 0.01 : 0,
  sticks: chance.happens(0.1) ? 0.2 : 0,
  hangoverMs: chance.whole(150, 350),
  failsAfterMs: chance.happens(0.01) ? chance.whole(500, 40_000) : undefined,
})

/** A detector that sticks does so for at most so long. */
export const MOST_STUCK_MS = 14_000

/** Detects the caller's speech from the content of the pieces as they arrive, with mistakes. */
export function detector(
  traits: DetectorTraits,
  clock: SimulatedClock,
  media: () => CallerMedia,
  ledger: Ledger,
  chance: Chance,
): VoiceActivity {
  return {
    async *detect(audio: AsyncIterable<CallerFrame>, signal): AsyncGenerator<VoiceEvent> {
      ledger.lifeSignals.add(signal)
      ledger.opened('voice activity')
      const failsAtMs = clock.now() + (traits.failsAfterMs ?? Number.POSITIVE_INFINITY)
      let lastVoicedMs: number | undefined
      let isMissing = false
      let stuckUntilMs = 0
      let silentMs = 0
      try {
        for await (const frame of untilAborted(audio, signal)) {
          if (clock.now() >= failsAtMs) {
            ledger.count('detector fails')
            throw new ProviderError('detector', 'simulated', { retryable: false })
          }
          const { voiced } = media().read(frame)
          const isFalse = !voiced && lastVoicedMs === undefined && chance.happens(traits.falselyDetects)
          if (isFalse) ledger.count('false detections')
          const heard = isFalse ? { firstMs: 0, lastMs: PIECE_MS } : voiced
          if (!heard) {
            isMissing = false
            silentMs += PIECE_MS
            if (lastVoicedMs === undefined || silentMs < traits.hangoverMs || clock.now() < stuckUntilMs) continue
            yield { kind: 'speech-end', lastVoicedMs }
            lastVoicedMs = undefined
            continue
          }
          silentMs = PIECE_MS - heard.lastMs
          if (lastVoicedMs === undefined && !isMissing) {
            isMissing = chance.happens(traits.misses)
            if (isMissing) ledger.count('sounds not detected')
            if (chance.happens(traits.sticks)) {
              ledger.count('detector sticks')
              stuckUntilMs = clock.now() + chance.between(1_000, MOST_STUCK_MS)
            }
            if (!isMissing) yield { kind: 'speech-start', firstVoicedMs: frame.atMs + heard.firstMs }
          }
          if (!isMissing) lastVoicedMs = frame.atMs + heard.lastMs
        }
      } finally {
        ledger.closed('voice activity')
      }
    },
  }
}
