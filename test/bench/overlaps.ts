import { VOICED_DB } from '../../src/audio/loudness.ts'
import type { PlayedUtterance } from '../../src/sandbox/caller/caller.ts'
import { quantile } from './figures.ts'
import type { Rung } from './load.ts'
import { isFull, isUp, type LoudnessTrack, loudnessTrack, voiceBefore, yielding } from './loudness-track.ts'
import type { Role } from './overlap-callers.ts'
import { type SpokenReply, spokenReplies } from './replies.ts'

/** Something that sounded over the agent's voice, and what became of it. Times are positions on the recording. */
export interface Overlap {
  readonly kind: 'sign' | 'noise' | 'echo' | 'interrupts' | 'sign first' | 'wordless'
  readonly say: string
  readonly call: string
  readonly startMs: number
  readonly onSpeakerphone: boolean
  /** The agent did what it should: went on, or stopped. */
  readonly isRight: boolean
  readonly why: string
  /** Of an interruption: how soon after its first voiced sample the agent gave way. */
  readonly yielded: { readonly downMs: number; readonly silentMs: number } | undefined
  /** Of an interruption: the agent spoke over it. */
  readonly spokenOver: boolean
}

/** A voice that was let go on is at its level again so long after what sounded over it. */
const BACK_WITHIN_MS = 2_000
/** A voice that was stopped is stopped so long after the words that stopped it: their transcript has come by then. */
const STOPPED_WITHIN_MS = 1_500
/** After so long of somebody else's speech one no longer has to wonder: to go on at full level is to speak over him. */
const OVER_AFTER_MS = 1_000
/** A reply's first frame is in the recording up to so much before the journal tells of it, on a machine that is busy. */
const JOURNAL_SLACK_MS = 200
/** The echo of a shorter stretch of voice is none that anybody could judge. */
const LEAST_ECHO_MS = 1_500

/** What of a call is looked at. */
export interface Measurable extends Pick<Rung, 'lines' | 'positionMs'> {
  readonly record: Pick<Rung['record'], 'script' | 'utterances' | 'legs'>
}

/** All that sounded over the agent in one call; what met a silent agent is left out. */
export function overlapsOf(rung: Measurable, roles: readonly Role[], isSpeakerphone: boolean): readonly Overlap[] {
  const { record } = rung
  const track = loudnessTrack(record.legs.agent)
  const replies = spokenReplies(rung)
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
        ? went(track, beforeDb, utterance, reply, nextMs)
        : stopped(track, beforeDb, utterance, reply, answer?.startMs ?? endMs)
    overlaps.push({ ...about, kind: role, ...judged })
  }
  return isSpeakerphone ? [...overlaps, ...echoes(rung, track, replies)] : overlaps
}

type Judged = Pick<Overlap, 'isRight' | 'why' | 'yielded' | 'spokenOver'>
const NOTHING = { yielded: undefined, spokenOver: false } as const

/** Did the agent go on, by the journal and by its sound? */
function went(
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

/** Did the agent stop, and how soon? */
function stopped(
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

/** Each reply that a speakerphone sent back was an echo over itself, until the caller said something. */
function echoes(rung: Measurable, track: LoudnessTrack, replies: readonly SpokenReply[]): readonly Overlap[] {
  const { record } = rung
  const fullDb = voiceOfCall(track)
  // The first is the notice that the call is recorded, which nothing stops.
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

/** The agent's level in the call: what only one in twenty of its voiced frames exceeds, whatever was turned down. */
const voiceOfCall = (track: LoudnessTrack): number =>
  quantile(
    [...track].filter(db => db > VOICED_DB),
    0.95,
  )
