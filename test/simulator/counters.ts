import { heardCallers } from './heard-callers.ts'
import type { Course } from './invariants/course.ts'
import { answersToItself } from './invariants/the-agent-never-answers-itself.ts'

/** Counts what happened on one call, to show what the simulator covers. */
export function countersOf(course: Course): ReadonlyMap<string, number> {
  const { steps, lines, carrier, ledger, last, overMs, startMs, woken, circumstances } = course
  const counts = new Map(ledger.counts)
  const count = (what: string, times = 1): void => {
    counts.set(what, (counts.get(what) ?? 0) + times)
  }
  for (const { event, before, after } of steps) {
    count(`event: ${event.kind}`)
    if (before.kind === 'yielding' && (after.kind === 'hearing' || after.kind === 'settling')) count('barge-ins')
    if (before.kind === 'yielding' && after.kind === 'replying' && before.reply.id === after.reply.id)
      count('speech over the agent that stopped nothing')
    if (after.kind !== 'replying' || ('reply' in before && before.reply.id === after.reply.id)) continue
    const { content } = after.reply
    count(content.kind === 'phrase' ? `said: ${content.phrase}` : `${content.kind}s begun`)
  }
  for (const line of lines) {
    if ('used' in line && line.used.kind === 'draft-wasted') count('drafts wasted')
    if ('decided' in line && line.decided.kind === 'tool-refused') count('tools refused')
  }
  if (last?.turn.kind === 'ended') count(`next: ${last.turn.next}`)
  const line = circumstances.media.echoMs === undefined ? 'clear line' : 'echoing line'
  const heard = heardCallers(course)
  count(`${line}: interruptions`, heard.interruptions)
  count(`${line}: interruptions that stopped nothing`, heard.notInterrupted)
  count(`${line}: ms until the agent gave way`, heard.untilInterruptedMs)
  count(`${line}: orders`, heard.orders)
  count(`${line}: orders without an answer`, heard.notAnswered)
  count(`${line}: ms until the answer`, heard.untilAnsweredMs)
  count(`${line}: answers to the own echo`, answersToItself(course).length)
  if (circumstances.media.echoMs !== undefined) {
    const ears = circumstances.speechToText.timesOffMs === undefined ? 'ears without times' : 'ears that date words'
    count(`echoing line, ${ears}: calls`)
    count(`echoing line, ${ears}: answers to the own echo`, answersToItself(course).length)
  }
  count('frames sent', carrier.frames.length)
  count('frames played', carrier.frames.filter(frame => !frame.isDropped).length)
  count('frames sent quieter', carrier.frames.filter(frame => frame.isQuieter).length)
  count('clears', carrier.clears.length)
  count('marks lost', carrier.marksLost)
  count('lines of journal', lines.length)
  count('virtual seconds', ((overMs ?? startMs) - startMs) / 1_000)
  count('events of the clock', woken)
  return counts
}
