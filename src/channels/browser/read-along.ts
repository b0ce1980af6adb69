import type { ReadAlong } from './captions.ts'
import type { Room } from './room.ts'

/** Tells the pages in a room what is new for those who read along. `callerTrack` is the caller's microphone there. */
export function tellPages(
  room: Pick<Room, 'tell' | 'show'>,
  { captions, state, hasToolRun }: ReadAlong,
  callerTrack: string | undefined,
): void {
  for (const { segment, speaker, text, isFinal, isInterrupted } of captions) {
    const track = speaker === 'caller' ? callerTrack : undefined
    room.tell('lk.transcription', text, {
      'lk.segment_id': segment,
      'lk.transcription_final': String(isFinal),
      'partyline.speaker': speaker,
      ...(track === undefined ? {} : { 'lk.transcribed_track_id': track }),
      ...(isInterrupted ? { 'partyline.interrupted': 'true' } : {}),
    })
  }
  if (state) room.show({ 'lk.agent.state': state })
  if (hasToolRun) room.tell('partyline.changed', 'a tool has run')
}
