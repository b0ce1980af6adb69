import { VOICED_DB } from '../../src/audio/loudness.ts'
import { quantile } from '../../src/compare/quantile.ts'
import type { PlayedUtterance } from '../../src/sandbox/caller/caller.ts'
import type { FinishedCall } from './load.ts'
import { isFull, isUp, type LoudnessTrack, loudnessTrack, voiceBefore, yielding } from './loudness-track.ts'
import type { Role } from './overlap-callers.ts'
import { type SpokenReply, spokenReplies } from './replies.ts'

/** A sound over the agent's voice, and the agent's reaction. Times are positions on the recording. */
export interface Overlap {
  readonly kind: 'sign' | 'noise' | 'echo' | 'interrupts' | 'sign first' | 'wordless'
  readonly say: string
  readonly call: string
  readonly startMs: number
  readonly onSpeakerphone: boolean
  /** The agent reacted as it should: it went on, or it stopped. */
  readonly isRight: boolean
  readonly why: string
  /** For interruptions: how soon after the first voiced sample the agent yielded. */
  readonly yielded: { readonly downMs: number; readonly silentMs: number } | undefined
  /** For interruptions: the agent spoke over the caller. */
  readonly spokenOver: boolean
}

/** A voice that goes on must be at its level again this long after the sound over it. */
const BACK_WITHIN_MS = 2_000
/** The agent must stop this long after the interruption's end: its transcript has arrived by then. */
const STOPPED_WITHIN_MS = 1_500
/** After this much of the caller's speech, a voice at full level counts as speaking over the caller. */
const OVER_AFTER_MS = 1_000
/** On a busy machine a reply's first frame is in the recording up to this long before its line in the journal. */
const JOURNAL_SLACK_MS = 200
/** Shorter echoes are not judged. */
const LEAST_ECHO_MS = 1_500

/** The parts of a call that are measured. */
export interface Measurable extends Pick<FinishedCall, 'lines' | 'positionMs'> {
  readonly record: Pick<FinishedCall['record'], 'script' | 'utterances' | 'legs'>
}

/** All sounds over the agent's voice in one call. */
export function overlapsOf(call: Measurable, roles: readonly Role[], isSpeakerphone: boolean): readonly Overlap[] {
  const { record } = call
  const track = loudnessTrack(record.legs.agent)
  const replies = spokenReplies(call)
  const endMs = record.legs.agent.length / 8
  const overlaps: Overlap[] = []
  for (const [i, utterance] of record.utterances.entries()) {
    const role = roles[utterance.index]
    if (role === undefined || role === 'asks' || role === 'leaves') continue
    const { firstVoicedMs: startMs } = utterance
    const reply = replies.findLast(reply => reply.startMs < startMs)
    const beforeDb = voiceBefore(track, startMs)
    if (!reply || reply.endMs <= startMs || beforeDb === undefined) continue
    const nextMs = record.utterances[i + 1]?.firstVoicedMs ?? endMs
    const answer = replies.find(({ id }) => id > reply.id)
    const about = { say: utterance.say, call: record.script, startMs, onSpeakerphone: isSpeakerphone }
    const judged =
      role === 'sign' || role === 'noise'
        ? judgeGoingOn(track, beforeDb, utterance, reply, nextMs)
        : judgeStopping(track, beforeDb, utterance, reply, answer?.startMs ?? endMs)
    overlaps.push({ ...about, kind: role, ...judged })
  }
  return isSpeakerphone ? [...overlaps, ...echoes(call, track, replies)] : overlaps
}

type Judged = Pick<Overlap, 'isRight' | 'why' | 'yielded' | 'spokenOver'>
const NOTHING = { yielded: undefined, spokenOver: false } as const

/** Judges by the journal and the sound whether the agent went on. */
function judgeGoingOn(
  track: LoudnessTrack,
  beforeDb: number,
  { lastVoicedMs }: PlayedUtterance,
  reply: SpokenReply,
  nextMs: number,
): Judged {
  if (reply.cut && reply.endMs < nextMs) return { ...NOTHING, isRight: false, why: 'stopped' }
  const untilMs = Math.min(lastVoicedMs + BACK_WITHIN_MS, nextMs)
  const isBack = reply.endMs <= untilMs || isFull(track, beforeDb, lastVoicedMs, untilMs)
  return { ...NOTHING, isRight: isBack, why: isBack ? 'went on' : 'not at its level again' }
}

const NEVER = { downMs: Number.POSITIVE_INFINITY, silentMs: Number.POSITIVE_INFINITY } as const

/** Judges whether the agent stopped, and how soon. */
function judgeStopping(
  track: LoudnessTrack,
  beforeDb: number,
  { firstVoicedMs, lastVoicedMs }: PlayedUtterance,
  reply: SpokenReply,
  answerMs: number,
): Judged {
  const isRight = reply.cut && reply.endMs <= lastVoicedMs + STOPPED_WITHIN_MS
  return {
    isRight,
    why: isRight ? 'stopped' : reply.cut ? 'stopped late' : 'went on',
    yielded: isRight ? yielding(track, beforeDb, firstVoicedMs, answerMs - JOURNAL_SLACK_MS) : NEVER,
    spokenOver: answerMs < lastVoicedMs || isUp(track, beforeDb, firstVoicedMs + OVER_AFTER_MS, lastVoicedMs),
  }
}

/** On a speakerphone each reply is also an echo over itself until the caller says something. */
function echoes(call: Measurable, track: LoudnessTrack, replies: readonly SpokenReply[]): readonly Overlap[] {
  const { record } = call
  const fullDb = voiceOfCall(track)
  // The first reply is the recording notice, which is uninterruptible.
  return replies.slice(1).flatMap((reply): Overlap[] => {
    const said = record.utterances.find(({ lastVoicedMs }) => lastVoicedMs > reply.startMs)
    const untilMs = Math.min(said?.firstVoicedMs ?? Number.POSITIVE_INFINITY, reply.endMs)
    if (!Number.isFinite(untilMs) || untilMs - reply.startMs < LEAST_ECHO_MS) return []
    const wasCut = reply.cut && reply.endMs < (said?.firstVoicedMs ?? Number.POSITIVE_INFINITY)
    const backMs = reply.startMs + BACK_WITHIN_MS
    const isBack = untilMs < backMs + LEAST_ECHO_MS || isFull(track, fullDb, backMs, untilMs)
    const why = wasCut ? 'stopped' : isBack ? 'went on' : 'not at its level again'
    const about = { say: '', call: record.script, startMs: reply.startMs, onSpeakerphone: true }
    return [{ ...about, kind: 'echo', ...NOTHING, isRight: !wasCut && isBack, why }]
  })
}

/** The agent's level in the call: the 95th percentile of its voiced frames, which ducking does not affect. */
const voiceOfCall = (track: LoudnessTrack): number =>
  quantile(
    [...track].filter(db => db > VOICED_DB),
    0.95,
  )
