import { MULAW_SILENCE } from '../../audio/mulaw.ts'
import type { Caller } from '../caller/caller.ts'
import { SLOT_BYTES } from './playout.ts'
import { SLOT_MS, type Ticker } from './ticker.ts'
import { type Legs, openTwoLegRecording } from './two-leg-recording.ts'

const SILENCE: Uint8Array = new Uint8Array(SLOT_BYTES).fill(MULAW_SILENCE)

/** What the caller is currently connected to: a media stream, or a voice that reads a <Say>. */
export interface FarEnd {
  /** Whether it gets the caller's audio. */
  readonly listening: boolean
  /** Audio that it has not played to the caller yet. */
  readonly queuedMs: number
  /** One slot: takes the caller's frame, returns the frame that the caller hears in the 20 ms after `dueMs`. */
  slot(caller: Uint8Array, dueMs: number): Uint8Array
  press(key: string): void
}

export interface HangUp {
  readonly withStop: boolean
  readonly why: string
  readonly gaveUp: boolean
}

/** The caller's telephone line from answer to hang-up, recorded in slots of 20 ms. */
export interface Line {
  /** Resolves when the caller hangs up; rejects when a slot fails. */
  readonly hungUp: Promise<HangUp>
  /** Connects the far end; the returned function disconnects it. */
  connect(farEnd: FarEnd): () => void
  /** Converts a time of the Clock to the recording's timeline. */
  positionMs(nowMs: number): number
  /** Ends the line and returns the recording. */
  close(): Legs
}

/**
 * Answers the line. In the recording a frame of the caller is where it was spoken, in the 20 ms before it was sent; a
 * frame of the agent is where it is heard, in the 20 ms after it left the playout buffer.
 */
export function openLine(ticker: Ticker, caller: Caller): Line {
  const recording = openTwoLegRecording()
  const hungUp = Promise.withResolvers<HangUp>()
  const openedMs = ticker.clock.now()
  let firstDueMs: number | undefined
  let farEnd: FarEnd | undefined
  let agent = SILENCE

  function slot(dueMs: number): void {
    firstDueMs ??= dueMs
    const { queuedMs = 0, listening = false } = farEnd ?? {}
    const { frame, key, hangUp } = caller.slot({ atMs: recording.lengthMs, agent, queuedMs, listening })
    recording.append(frame, agent)
    if (key !== undefined) farEnd?.press(key)
    agent = farEnd?.slot(frame, dueMs) ?? SILENCE
    if (hangUp) hungUp.resolve(hangUp)
    if (hangUp) leave()
  }

  const leave = ticker.join(dueMs => {
    try {
      slot(dueMs)
    } catch (cause) {
      leave()
      hungUp.reject(cause)
    }
  })

  return {
    hungUp: hungUp.promise,
    connect(next) {
      farEnd = next
      return () => {
        if (farEnd === next) farEnd = undefined
      }
    },
    positionMs: nowMs => nowMs - (firstDueMs ?? openedMs) + SLOT_MS,
    close() {
      leave()
      return recording.legs()
    },
  }
}
