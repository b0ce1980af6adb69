import { isVoiced } from '../../../src/audio/loudness.ts'
import { resample } from '../../../src/audio/resample.ts'
import type { Opened, Subject } from '../../../src/contract/check.ts'
import type { VoiceActivityHas } from '../../../src/contract/voice-activity.ts'
import type { Clock, VoiceActivity } from '../../../src/conversation/ports.ts'
import { openFlite } from '../../../src/flite/flite.ts'
import { openVirtualTime } from '../../whole-call/virtual-time.ts'

const STEP_MS = 50
const SENTENCE = 'Good morning, I would like to book a table for four.'

/** A sentence of flite's, without the silence at its ends. */
async function sentence(): Promise<VoiceActivityHas> {
  const flite = openFlite()
  const spoken = await flite.synthesize(SENTENCE, 'rms', new AbortController().signal)
  await flite.close()
  const wide = resample(spoken.pcm, spoken.rateHz, 16_000)
  const frame = 160
  const voiced = Array.from({ length: Math.floor(wide.length / frame) }, (_, i) => i).filter(i =>
    isVoiced(wide.subarray(i * frame, (i + 1) * frame)),
  )
  const sentence16k = wide.slice((voiced[0] ?? 0) * frame, ((voiced.at(-1) ?? 0) + 1) * frame)
  return { sentence16k, sentence: resample(sentence16k, 16_000, 8_000) }
}

/** Opens a detector. */
export type OpenDetector = (clock: Clock) => Promise<{ readonly voiceActivity: VoiceActivity; close(): Promise<void> }>

/** A detector in virtual time. */
export async function detectorInVirtualTime(open: OpenDetector): Promise<Subject<VoiceActivity, VoiceActivityHas>> {
  async function opened(): Promise<Opened<VoiceActivity>> {
    const time = openVirtualTime()
    const { clock, outside } = time
    const detector = await outside.during(open(clock))
    /** A model works in other threads meanwhile, so time must not run out. */
    async function passing<T>(work: Promise<T>): Promise<T> {
      let isOver = false
      const over = work.finally(() => {
        isOver = true
      })
      over.catch(() => undefined)
      while (!isOver) await clock.run(() => isOver, clock.now() + STEP_MS)
      return over
    }
    return {
      ...{ provider: detector.voiceActivity, clock, passing },
      setFaults: () => undefined,
      faultsLeft: () => 0,
      busy: () => clock.sleepers,
      async close() {
        try {
          await passing(detector.close())
        } finally {
          time.close()
        }
      },
    }
  }
  return { has: await sentence(), open: opened }
}
