import type { VoiceLevel } from '../ports.ts'
import type { Policy, Reply, Turn } from './turn.ts'
import { wordsOf } from './utterance.ts'

/** Nothing that the caller does changes what comes after this reply: the end of the call. */
export const isLast = ({ content, afterwards }: Reply): boolean =>
  content.kind === 'phrase'
    ? afterwards !== 'greet' && afterwards !== 'listen' && content.phrase !== 'goodbye'
    : content.kind === 'repeat' && afterwards === 'hang-up'

/** Nothing that the caller does stops this reply. */
export const isUninterruptible = (reply: Reply): boolean =>
  isLast(reply) || (reply.content.kind === 'phrase' && (reply.afterwards === 'greet' || reply.content.insists === true))

/** How loud the agent is in this turn: not full while it is not known what a caller over its voice wants. */
export function voiceOf(turn: Turn, policy: Policy): VoiceLevel {
  if (turn.kind !== 'yielding' || turn.context.echoes || isUninterruptible(turn.reply)) return 'full'
  // Nobody begins to speak while somebody else does. What has begun is only turned down, since most sounds are no turn.
  if (turn.speaking && !turn.reply.sounding) return 'held'
  // Words that did not interrupt, and then silence: the agent goes on at its full level.
  const worded = wordsOf(turn.utterance) !== ''
  if (worded && !turn.speaking) return 'full'
  return turn.silenced ? 'held' : policy.bargeIn.voice
}
