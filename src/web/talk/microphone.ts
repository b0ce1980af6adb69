import { createLocalAudioTrack, type LocalAudioTrack } from 'livekit-client'
import { type MicrophoneProblem, microphoneProblem } from '../state/problems.ts'

const CAPTURE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

/** Asks for the microphone. The browser asks the person. */
export async function openMicrophone(): Promise<LocalAudioTrack | MicrophoneProblem> {
  try {
    return await createLocalAudioTrack(CAPTURE)
  } catch (error) {
    return microphoneProblem(error instanceof Error ? error.name : '')
  }
}
