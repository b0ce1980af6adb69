import { z } from 'zod'

/** What agents and avatars say to each other in LiveKit's rooms: LiveKit Agents' data-stream protocol. */
export const AUDIO_STREAM = 'lk.audio_stream'
export const CLEAR_BUFFER = 'lk.clear_buffer'
export const PLAYBACK_STARTED = 'lk.playback_started'
export const PLAYBACK_FINISHED = 'lk.playback_finished'
/** The attribute of an avatar that names its agent, by which pages know it. */
export const ON_BEHALF = 'lk.publish_on_behalf'

/** The position is in seconds, and some workers write its name as JavaScript does. Others send none, or what is no number. */
const finished = z.object({
  playback_position: z.number().min(0).optional().catch(undefined),
  playbackPosition: z.number().min(0).optional().catch(undefined),
  interrupted: z.boolean().catch(false),
})

/** Reads what a worker sends with PLAYBACK_FINISHED. What cannot be read tells that it has finished, and no more. */
export function playbackFinished(payload: string): {
  readonly positionMs: number | undefined
  readonly isInterrupted: boolean
} {
  const { data } = finished.safeParse(jsonIn(payload))
  const seconds = data?.playback_position ?? data?.playbackPosition
  return { positionMs: seconds === undefined ? undefined : seconds * 1_000, isInterrupted: data?.interrupted ?? false }
}

/** What an avatar sends when it has played something. */
export const finishedPayload = (positionMs: number, isInterrupted: boolean): string =>
  JSON.stringify({ playback_position: positionMs / 1_000, interrupted: isInterrupted })

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
