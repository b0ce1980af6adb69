import { resample } from '../../../src/audio/resample.ts'
import type { VoiceRateHz } from '../../../src/conversation/ports.ts'
import { JobError } from '../../../src/jobs/job-error.ts'
import type { Ears } from '../../../src/providers/local/ears.ts'
import type { Voice } from '../../../src/providers/local/voice.ts'
import type { Fault } from '../../../src/sandbox/faults.ts'
import type { Opening, StandInParts } from './contract.ts'

const EARS_HZ = 16_000
const TAKES_MS = 50

/** The processes of local speech as a stand-in: they hear what was announced, and speak by flite's thread. */
export function localStandIn({ announced, clock, flite }: StandInParts): Opening {
  let faults: readonly Fault[] = []
  let hasFailed = false

  /** A fault lasts until it is taken back: whoever asks again has it again. */
  async function takesTime(signal: AbortSignal): Promise<void> {
    const [fault] = faults
    hasFailed ||= fault !== undefined
    if (fault?.kind === 'drop') throw new JobError('died', 'the process died')
    await clock.sleep(fault?.kind === 'stall' ? 600_000 : TAKES_MS, signal)
  }
  async function recognize(pcm: Float32Array | Int16Array, kind: 'interim' | 'final', signal: AbortSignal) {
    await takesTime(signal)
    if (kind === 'interim') return undefined
    const words = announced.wordsIn(undefined, Int16Array.from(pcm), EARS_HZ)
    return words.map(({ text }) => text).join(' ')
  }
  async function say(text: string, rateHz: VoiceRateHz, signal: AbortSignal) {
    await takesTime(signal)
    const spoken = await flite.synthesize(text, 'slt', signal)
    return { pcm: resample(spoken.pcm, spoken.rateHz, rateHz), words: spoken.words }
  }
  const ears = { recognize: recognize as Ears['recognize'], warm: async () => undefined, close: async () => undefined }
  const voice: Voice = { say, warm: async () => undefined, close: async () => undefined }
  const standIn: Opening['standIn'] = {
    url: 'http://localhost',
    close: async () => undefined,
    faults: {
      set(now) {
        faults = now
        hasFailed = false
      },
      left: () => (hasFailed ? [] : faults.map(fault => ({ times: 1, ...fault }))),
    },
  }
  return { standIn, local: { ears, voice } }
}
