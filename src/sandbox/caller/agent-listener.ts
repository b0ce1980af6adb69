import { isVoicedMulaw, voicedEdges } from '../ringing/mulaw-loudness.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { SLOT_MS } from '../twilio/ticker.ts'

const MS_PER_BYTE = SLOT_MS / SLOT_BYTES
/** Less voice than this is a click, not a reply. */
const LEAST_VOICED_MS = 60
/** What is left of a reply that the caller talked over becomes a reply of its own only if it goes on so long. */
const LEAST_REMNANT_MS = 1000
const SAME_BREATH_MS = 200

/** The agent's voice since the caller last did something. Times are positions on the call's timeline. */
export interface HeardReply {
  readonly startMs: number
  readonly lastVoicedMs: number
}

/** How a caller hears the agent: by loudness alone, as the sound leaves the playout buffer. */
export interface AgentListener {
  /** When the agent's voice was last heard at all. */
  readonly lastVoicedMs: number | undefined
  hear(atMs: number, frame: Uint8Array): void
  /** The caller has said something that ended at `atMs`: what is heard from now on answers it, unless only coughed. */
  listenAnew(atMs: number, worded: boolean): void
  reply(): HeardReply | undefined
}

export function openAgentListener(): AgentListener {
  let lastVoicedMs: number | undefined
  let reply: { startMs: number; lastVoicedMs: number; voicedMs: number } | undefined
  let remnant = false
  return {
    get lastVoicedMs() {
      return lastVoicedMs
    },
    hear(atMs, frame) {
      const edges = isVoicedMulaw(frame) ? voicedEdges(frame) : undefined
      if (!edges) return
      const startMs = atMs + edges.first * MS_PER_BYTE
      if (remnant && startMs - (lastVoicedMs ?? startMs) >= SAME_BREATH_MS) {
        remnant = false
        reply = undefined
      }
      lastVoicedMs = atMs + (edges.last + 1) * MS_PER_BYTE
      reply ??= { startMs, lastVoicedMs, voicedMs: 0 }
      reply.lastVoicedMs = lastVoicedMs
      reply.voicedMs += SLOT_MS
    },
    listenAnew(atMs, worded) {
      reply = undefined
      remnant = worded && lastVoicedMs !== undefined && atMs - lastVoicedMs < SAME_BREATH_MS
    },
    reply() {
      return reply && reply.voicedMs >= (remnant ? LEAST_REMNANT_MS : LEAST_VOICED_MS) ? reply : undefined
    },
  }
}
