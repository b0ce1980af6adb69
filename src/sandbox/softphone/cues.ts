import { openAgentListener } from '../caller/agent-listener.ts'
import type { Cue } from '../caller/fixture.ts'
import { type Span, voicedSpans } from '../ringing/voiced-spans.ts'
import { SLOT_BYTES } from '../twilio/playout.ts'
import { SLOT_MS } from '../twilio/ticker.ts'
import type { JournalSide } from './journal-side.ts'

/** A shorter silence is a pause between the agent's sentences: no cue waits for less. */
const LEAST_STOPPED_MS = 500
/** After a tool the agent may pause between "one moment" and the answer. */
const AFTER_TOOL_MS = 1_500
/** The agent may pause so much longer in another call than in this one. */
const LONGER_PAUSE_MS = 300
/** After a longer silence the agent spoke by itself: that is no pause in what it said before. */
const LONGEST_PAUSE_MS = 4_000

/** The agent's own voice has such gaps between its words. */
const WITHIN_WORDS_MS = 200

/** A server knows so long after it that a reply was heard to its end. */
const TOLD_AFTER_MS = 300

/** A reply that begins so soon is the answer to a key, and not what it was pressed over. */
const AT_ONCE_MS = 100

/** Something the caller did, in ms on the recording's timeline. `lastVoicedMs`: of its sound, or when its last key was pressed. */
export interface Act extends Span {
  readonly lastVoicedMs: number
  /** A cough and an "mm-hm" do not. */
  readonly wantsAnswer: boolean
}

/** What the journal tells of the agent; nothing where it cannot be read. */
export type AgentsWork = Pick<JournalSide, 'replies' | 'toolsCalledMs'>
const NOTHING: AgentsWork = { replies: [], toolsCalledMs: [] }

/**
 * What each act would have to wait for, so that a scripted caller does the same at the same place of another call: as
 * the agent's voice was heard before it. `agent`: the agent's leg.
 */
export function cuesOf(agent: Uint8Array, acts: readonly Act[], journal: AgentsWork = NOTHING): readonly Cue[] {
  // The same ears as the scripted caller's: they count from its last act.
  const listener = openAgentListener()
  const spans = voicedSpans(agent)
  const lengthMs = (agent.length / SLOT_BYTES) * SLOT_MS
  let heardMs = 0
  let last: Act | undefined

  function hearUntil(ms: number): void {
    for (; heardMs < ms; heardMs += SLOT_MS) {
      const at = (heardMs / SLOT_MS) * SLOT_BYTES
      listener.hear(heardMs, agent.subarray(at, at + SLOT_BYTES))
    }
  }

  function cueAt(startMs: number): Cue {
    const reply = listener.reply()
    if (!reply) {
      return last
        ? { after: 'own-utterance', ms: whole(startMs - last.lastVoicedMs) }
        : { after: 'answered', ms: whole(startMs) }
    }
    const silentMs = startMs - reply.lastVoicedMs
    // The next words may be late: who speaks then talks over the reply all the same.
    const isUnderWay = journal.replies.some(
      one => one.startMs < startMs - AT_ONCE_MS && one.endMs > startMs + TOLD_AFTER_MS,
    )
    const sounds =
      spans.some(span => span.startMs < startMs + LEAST_STOPPED_MS && span.endMs > startMs + SLOT_MS) ||
      // Who hung up hears nothing that comes after.
      (startMs >= lengthMs - SLOT_MS && silentMs < WITHIN_WORDS_MS)
    if (isUnderWay || (silentMs < LEAST_STOPPED_MS && sounds))
      return { after: 'agent-started', ms: whole(startMs - reply.startMs) }
    const pauseMs = longestPause(spans, reply.startMs, reply.lastVoicedMs)
    const calledTool = journal.toolsCalledMs.some(ms => ms > (last?.endMs ?? 0) && ms < startMs)
    const leastMs = Math.max(
      LEAST_STOPPED_MS,
      calledTool ? AFTER_TOOL_MS : 0,
      pauseMs >= LEAST_STOPPED_MS ? pauseMs + LONGER_PAUSE_MS : 0,
    )
    return { after: 'agent-stopped', ms: whole(Math.max(silentMs, leastMs)) }
  }

  return acts.map(act => {
    hearUntil(act.startMs)
    const cue = cueAt(act.startMs)
    hearUntil(act.endMs)
    listener.awaitReply(act.lastVoicedMs, act.wantsAnswer)
    last = act
    return cue
  })
}

function longestPause(spans: readonly Span[], fromMs: number, toMs: number): number {
  const pauses = spans.flatMap(({ endMs }, i) => {
    const next = spans[i + 1]
    return next && endMs > fromMs && next.startMs < toMs ? [next.startMs - endMs] : []
  })
  return Math.max(0, ...pauses.filter(ms => ms < LONGEST_PAUSE_MS))
}

const whole = (ms: number): number => Math.max(0, Math.round(ms))
