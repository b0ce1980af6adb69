import { isVoicedMulaw, voicedEdges } from '../ringing/mulaw-loudness.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { SLOT_MS } from '../twilio/ticker.ts'

const MS_PER_BYTE = SLOT_MS / SLOT_BYTES
/** Less voice than this is a click, not a reply. */
const LEAST_VOICED_MS = 60
/** An old reply that the caller talked over counts as a new reply only if it continues this long. */
const LEAST_OLD_REPLY_MS = 1000
const SAME_REPLY_PAUSE_MS = 200

/** The agent's speech since the caller's last utterance. Times are positions on the call's timeline. */
export interface HeardReply {
  readonly startMs: number
  readonly lastVoicedMs: number
}

/** Detects the agent's replies for the caller, by the loudness of what leaves the playout buffer. */
export interface AgentListener {
  /** When the agent's voice was last heard. */
  readonly lastVoicedMs: number | undefined
  hear(atMs: number, frame: Uint8Array): void
  /** The caller's utterance ended at `atMs`: later speech is the reply, but an old reply does not answer words. */
  awaitReply(atMs: number, wantsAnswer: boolean): void
  reply(): HeardReply | undefined
}

export function openAgentListener(): AgentListener {
  let lastVoicedMs: number | undefined
  let reply: { startMs: number; lastVoicedMs: number; voicedMs: number } | undefined
  let isOldReply = false
  return {
    get lastVoicedMs() {
      return lastVoicedMs
    },
    hear(atMs, frame) {
      const edges = isVoicedMulaw(frame) ? voicedEdges(frame) : undefined
      if (!edges) return
      const startMs = atMs + edges.first * MS_PER_BYTE
      if (isOldReply && startMs - (lastVoicedMs ?? startMs) >= SAME_REPLY_PAUSE_MS) {
        isOldReply = false
        reply = undefined
      }
      lastVoicedMs = atMs + (edges.last + 1) * MS_PER_BYTE
      reply ??= { startMs, lastVoicedMs, voicedMs: 0 }
      reply.lastVoicedMs = lastVoicedMs
      reply.voicedMs += SLOT_MS
    },
    awaitReply(atMs, wantsAnswer) {
      reply = undefined
      isOldReply = wantsAnswer && lastVoicedMs !== undefined && atMs - lastVoicedMs < SAME_REPLY_PAUSE_MS
    },
    reply() {
      return reply && reply.voicedMs >= (isOldReply ? LEAST_OLD_REPLY_MS : LEAST_VOICED_MS) ? reply : undefined
    },
  }
}
