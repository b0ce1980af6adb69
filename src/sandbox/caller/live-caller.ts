import type { Caller } from './caller.ts'
import { type MicrophoneFigures, openMicrophoneBuffer } from './microphone-buffer.ts'

/** As on a keypad: keys typed faster are pressed one after the other. */
const BETWEEN_KEYS_MS = 160
const MOST_KEYS = 50

export interface LiveCallerOptions {
  /** What the line carries while no sound comes from the microphone. */
  readonly idle: () => Uint8Array
  /** The call was answered. */
  readonly onAnswered: () => void
  /** What the caller hears: 20 ms of mu-law each. The bytes are shared and may not be kept. */
  readonly onHeard: (frame: Uint8Array) => void
  /** A key goes out, `atMs` on the call's timeline. */
  readonly onKey: (key: string, atMs: number) => void
}

/** A person on the line: their microphone and their keys, in place of a script. */
export interface LiveCaller extends Caller {
  /** Sound of the microphone, mu-law at 8 kHz, as it comes. What comes before the call is answered is not heard. */
  speak(mulaw: Uint8Array): void
  /** False when too many keys wait already. */
  press(key: string): boolean
  readonly microphone: () => MicrophoneFigures
}

export function openLiveCaller({ idle, onAnswered, onHeard, onKey }: LiveCallerOptions): LiveCaller {
  const buffer = openMicrophoneBuffer()
  const keys: string[] = []
  let nextKeyMs = 0
  let isAnswered = false
  return {
    // Nothing was written down beforehand: what was said is read off the recording.
    played: [],
    speak(mulaw) {
      if (isAnswered) buffer.push(mulaw)
    },
    press(key) {
      if (keys.length >= MOST_KEYS) return false
      keys.push(key)
      return true
    },
    microphone: buffer.figures,
    slot({ atMs, agent, listening }) {
      if (!isAnswered) onAnswered()
      isAnswered = true
      onHeard(agent)
      const frame = buffer.take() ?? idle()
      // Without a stream nobody would get the key.
      const key = listening && atMs >= nextKeyMs ? keys.shift() : undefined
      if (key === undefined) return { frame }
      nextKeyMs = atMs + BETWEEN_KEYS_MS
      onKey(key, atMs)
      return { frame, key }
    },
  }
}
