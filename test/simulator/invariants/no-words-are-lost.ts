import type { Turn } from '../../../src/conversation/turn/turn.ts'
import { wordsOf } from '../../../src/conversation/turn/utterance.ts'
import { isUninterruptible } from '../../../src/conversation/turn/voice-level.ts'
import { ownWordsIn } from '../phrasebook.ts'
import type { Course, Step } from './course.ts'

/** Later than so long after it was said, a word without a time may as well be one of the sound of now. */
const LATE_MS = 2_500

/**
 * Every final word is in the history as the caller's, or in the turn that was active when the call ended. Words over an
 * uninterruptible reply may be ignored; so may those that came late, of ears that date no words, when all that the line
 * sent was the agent's own sound.
 */
export function noWordsAreLost(course: Course): readonly string[] {
  const { steps, last } = course
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
    if (isLateEcho(course, step, lost)) continue
    const place = `"${event.text}" at ${Math.round(event.atMs)} (line ${lines}, ${before.kind} → ${after.kind})`
    wrong.push(`${place} is in no turn of the caller's: ${whereItWasLost(lost, steps.slice(steps.indexOf(step)))}`)
  }
  return wrong
}

function isLateEcho({ circumstances, callerSpeech }: Course, { event, atMs }: Step, word: string): boolean {
  if (circumstances.speechToText.timesOffMs !== undefined || event.kind !== 'words' || event.own !== 1) return false
  const said = callerSpeech.sounds.findLast(({ words }) => words.some(({ text }) => ownWordsIn(text).includes(word)))
  return said !== undefined && said.toMs < atMs - LATE_MS
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
