import { isUninterruptible, type Turn } from '../../../src/conversation/turn/turn.ts'
import { wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { ownWordsIn } from '../phrasebook.ts'
import type { Course, Step } from './course.ts'

/**
 * Every word that the ears made final is in the history as the caller's, or in the turn that was going on when the call
 * ended. Words over what must be heard to its end are the agent's to ignore.
 */
export function noWordsAreLost({ steps, last }: Course): readonly string[] {
  const kept = new Set<string>()
  for (const { message } of last?.history ?? [])
    if (message.role === 'caller') for (const word of ownWordsIn(message.text)) kept.add(word)
  const living = steps.findLast(({ before }) => before.kind !== 'ended')?.before
  if (living) for (const word of ownWordsIn(utteranceIn(living))) kept.add(word)
  const wrong: string[] = []
  for (const step of steps) {
    const { event, before, after, lines } = step
    if (event.kind !== 'words' || !event.final || before.kind === 'ended') continue
    if ('reply' in before && isUninterruptible(before.reply)) continue
    const lost = ownWordsIn(event.text).find(word => !kept.has(word))
    if (lost === undefined) continue
    kept.add(lost)
    const told = `"${event.text}" at ${Math.round(event.atMs)} (line ${lines}, ${before.kind} → ${after.kind})`
    wrong.push(`${told} is in no turn of the caller's: ${whereItWent(lost, steps.slice(steps.indexOf(step)))}`)
  }
  return wrong
}

/** The step at which these words were in the turn for the last time. */
function whereItWent(word: string, steps: readonly Step[]): string {
  const left = steps.findLast(
    ({ before, after }) => utteranceIn(before).includes(word) && !utteranceIn(after).includes(word),
  )
  if (!left) return 'they were never in it'
  return `they left it at line ${left.lines} (${left.event.kind}, ${left.before.kind} → ${left.after.kind})`
}

/** What the caller has said in the turn that is going on, or that is being answered. */
function utteranceIn(turn: Turn): string {
  const utterance = 'utterance' in turn ? wordsOf(turn.utterance) : ''
  const content = 'reply' in turn ? turn.reply.content : undefined
  if (content?.kind === 'answer') return `${utterance} ${wordsOf(content.to)}`
  return content?.kind === 'phrase' && content.keeps ? `${utterance} ${wordsOf(content.keeps)}` : utterance
}
