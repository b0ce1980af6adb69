import type { Turn } from '../../../src/conversation/turn/turn.ts'
import { wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { isUninterruptible } from '../../../src/conversation/turn/voice-level.ts'
import { ownWordsIn } from '../phrasebook.ts'
import type { Course, Step } from './course.ts'

/**
 * Every final word is in the history as the caller's, or in the turn that was active when the call ended. Words over an
 * uninterruptible reply may be ignored.
 */
export function noWordsAreLost({ steps, last }: Course): readonly string[] {
  const found = new Set<string>()
  for (const { message } of last?.history ?? [])
    if (message.role === 'caller') for (const word of ownWordsIn(message.text)) found.add(word)
  const lastTurn = steps.findLast(({ before }) => before.kind !== 'ended')?.before
  if (lastTurn) for (const word of ownWordsIn(utteranceIn(lastTurn))) found.add(word)
  const wrong: string[] = []
  for (const step of steps) {
    const { event, before, after, lines } = step
    if (event.kind !== 'words' || !event.final || before.kind === 'ended') continue
    if ('reply' in before && isUninterruptible(before.reply)) continue
    const lost = ownWordsIn(event.text).find(word => !found.has(word))
    if (lost === undefined) continue
    found.add(lost)
    const place = `"${event.text}" at ${Math.round(event.atMs)} (line ${lines}, ${before.kind} → ${after.kind})`
    wrong.push(`${place} is in no turn of the caller's: ${whereItWasLost(lost, steps.slice(steps.indexOf(step)))}`)
  }
  return wrong
}

/** Describes the last step at which this word left the turn. */
function whereItWasLost(word: string, steps: readonly Step[]): string {
  const left = steps.findLast(
    ({ before, after }) => utteranceIn(before).includes(word) && !utteranceIn(after).includes(word),
  )
  if (!left) return 'they were never in the turn'
  return `they left the turn at line ${left.lines} (${left.event.kind}, ${left.before.kind} → ${left.after.kind})`
}

/** What the caller has said in the turn that is going on, or that is being answered. */
function utteranceIn(turn: Turn): string {
  const utterance = 'utterance' in turn ? wordsOf(turn.utterance) : ''
  const content = 'reply' in turn ? turn.reply.content : undefined
  if (content?.kind === 'answer') return `${utterance} ${wordsOf(content.to)}`
  return content?.kind === 'phrase' && content.keeps ? `${utterance} ${wordsOf(content.keeps)}` : utterance
}
