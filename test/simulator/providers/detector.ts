import type { CallerFrame, VoiceActivity, VoiceEvent } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import { untilAborted } from '../../fakes/scripted.ts'
import { type CallerMedia, PIECE_MS } from '../caller-media.ts'
import type { Chance } from '../chance.ts'
import type { Ledger } from '../ledger.ts'
import type { VirtualClock } from '../virtual-clock.ts'

export interface DetectorTraits {
  /** How likely it overhears a whole sound. */
  readonly misses: number
  /** How likely, for each silent piece, that it hears somebody where nobody is. */
  readonly imagines: number
  /** How likely it stays on after a sound, for seconds. */
  readonly sticks: number
  readonly hangoverMs: number
  /** It breaks this long after its beginning. */
  readonly breaksAfterMs: number | undefined
}

export const anyDetector = (chance: Chance): DetectorTraits => ({
  misses: chance.happens(0.2) ? 0.15 : 0,
  imagines: chance.happens(0.15) ? 0.01 : 0,
  sticks: chance.happens(0.1) ? 0.2 : 0,
  hangoverMs: chance.whole(150, 350),
  breaksAfterMs: chance.happens(0.01) ? chance.whole(500, 40_000) : undefined,
})

/** Hears the caller's sound as it arrives, by what the pieces say is in them; not always rightly. */
export function detector(
  traits: DetectorTraits,
  clock: VirtualClock,
  media: () => CallerMedia,
  ledger: Ledger,
  chance: Chance,
): VoiceActivity {
  return {
    async *detect(audio: AsyncIterable<CallerFrame>, signal): AsyncGenerator<VoiceEvent> {
      ledger.lifeSignals.add(signal)
      ledger.opened('voice activity')
      const breaksAtMs = clock.now() + (traits.breaksAfterMs ?? Number.POSITIVE_INFINITY)
      let lastVoicedMs: number | undefined
      let isMissing = false
      let stuckUntilMs = 0
      let hungMs = 0
      try {
        for await (const frame of untilAborted(audio, signal)) {
          if (clock.now() >= breaksAtMs) {
            ledger.count('detector breaks')
            throw new ProviderError('detector', 'simulated', { retryable: false })
          }
          const { voiced } = media().read(frame)
          const imagined = !voiced && lastVoicedMs === undefined && chance.happens(traits.imagines)
          if (imagined) ledger.count('sounds imagined')
          const heard = imagined ? { firstMs: 0, lastMs: PIECE_MS } : voiced
          if (!heard) {
            isMissing = false
            hungMs += PIECE_MS
            if (lastVoicedMs === undefined || hungMs < traits.hangoverMs || clock.now() < stuckUntilMs) continue
            yield { kind: 'speech-end', lastVoicedMs }
            lastVoicedMs = undefined
            continue
          }
          hungMs = PIECE_MS - heard.lastMs
          if (lastVoicedMs === undefined && !isMissing) {
            isMissing = chance.happens(traits.misses)
            if (isMissing) ledger.count('sounds not detected')
            if (chance.happens(traits.sticks)) {
              ledger.count('detector sticks')
              stuckUntilMs = clock.now() + chance.between(1_000, 14_000)
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
