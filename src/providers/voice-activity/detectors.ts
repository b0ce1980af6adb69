import type { Clock, VoiceActivity } from '../../conversation/ports.ts'
import type { Sensitivity } from './sensitivity.ts'

/** Who says when somebody speaks, by the name that VAD chooses it by. */
export const DETECTORS = ['silero', 'webrtc'] as const
export type DetectorName = (typeof DETECTORS)[number]

/** A voice activity detector for all calls of this process. */
export interface Detector {
  readonly voiceActivity: VoiceActivity
  close(): Promise<void>
}

/** Opens a detector: its code is loaded now. */
export async function openDetector(name: DetectorName, sensitivity: Sensitivity, clock: Clock): Promise<Detector> {
  switch (name) {
    case 'silero': {
      const { openSilero } = await import('../silero.ts')
      return openSilero(clock, sensitivity)
    }
    case 'webrtc': {
      const { openWebRtcVad } = await import('./webrtc.ts')
      return openWebRtcVad(sensitivity)
    }
  }
}
