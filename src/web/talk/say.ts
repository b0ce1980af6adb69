import type { Room } from 'livekit-client'

/** Sends what was typed; it comes back as a caption. Rejects when it cannot be sent. */
export async function say(room: Room, text: string): Promise<void> {
  await room.localParticipant.sendText(text, { topic: 'lk.chat' })
}
