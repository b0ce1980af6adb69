import { ended, relaying, say } from './enter.ts'
import { keptBack, nextRelayed } from './relayed.ts'
import type { Reply, Rules, Turn, TurnContext } from './turn.ts'
import { isEmpty } from './utterance.ts'
import { isLast } from './voice-level.ts'

const FAILED_REPLIES = 2
/** So many speech-to-text sessions in a row may fail without a word; then the call is given up. */
const MOST_STT_FAILURES = 3

/** A reply failed: one apology, then a person or goodbye. If even a phrase fails, the carrier must speak. */
export function failed(context: TurnContext, reply: Reply, atMs: number, rules: Rules): Turn {
  const failures = context.failures + 1
  const { content } = reply
  if (content.kind === 'phrase') return ended(context, 'unavailable', `cannot speak: ${content.phrase}`)
  if (isLast(reply)) return ended(context, 'unavailable', 'cannot speak: a farewell')
  // The other person has said it once: it is not lost with one failure.
  const again = content.kind === 'relay' && !reply.sounding && failures === 1
  const kept = again ? nextRelayed(keptBack({ ...context, failures }, content)) : undefined
  if (kept) return relaying(kept, atMs, rules)
  const most = content.kind === 'relay' ? FAILED_REPLIES + 1 : FAILED_REPLIES
  if (failures < most) return say({ ...context, failures }, 'apology', 'listen')
  return giveUp({ ...context, failures }, rules)
}

export function giveUp(context: TurnContext, rules: Rules): Turn {
  return rules.policy.canTransfer ? say(context, 'transfer', 'transfer') : say(context, 'give-up', 'hang-up')
}

/** A speech-to-text session failed: a new one is opened. A caller who was speaking is asked to repeat it. */
export function sttFailed(turn: Exclude<Turn, { kind: 'ended' }>, retryable: boolean, rules: Rules): Turn {
  const { ids, sttSession } = turn.context
  if (turn.kind === 'replying' && isLast(turn.reply)) return turn
  const context = { ...turn.context, ids: ids + 1, sttSession: { id: ids + 1, failures: sttSession.failures + 1 } }
  if (!retryable || context.sttSession.failures >= MOST_STT_FAILURES) return giveUp(context, rules)
  const wasSpeaking = turn.kind === 'hearing' || (turn.kind === 'settling' && isEmpty(turn.utterance))
  return wasSpeaking ? say(context, 'pardon', 'listen') : { ...turn, context }
}
