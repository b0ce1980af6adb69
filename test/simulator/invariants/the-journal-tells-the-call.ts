import { isDeepStrictEqual } from 'node:util'
import { restore } from '../../../src/conversation/restore.ts'
import { worksOf } from '../../../src/conversation/turn/turn.ts'
import { type Course, turnAt } from './course.ts'

/** The journal restores to the live state, and each turn in it follows from its inputs. */
export function theJournalTellsTheCall(course: Course): readonly string[] {
  const { lines, state, last, agent } = course
  if (!state) return []
  const live: unknown = JSON.parse(JSON.stringify(state))
  const wrong: string[] = []
  // What was said in streams before is not in these lines.
  const restored = course.history.length > 0 ? last : restore(lines, agent.language)
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(restored)), live))
    wrong.push('the journal restores to another state than the live one')
  for (const [index, line] of lines.entries()) {
    if (!('decided' in line) || line.decided.kind !== 'turn') continue
    const turn = turnAt(course, index + 1)
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(turn)), line.decided.turn)) {
      wrong.push(`line ${index + 1} has a turn that does not follow from its inputs`)
      break
    }
    const ids = worksOf(line.decided.turn).map(work => work.id)
    if (new Set(ids).size < ids.length) wrong.push(`line ${index + 1} has two works with the same id`)
  }
  for (const { message, exchange, part } of last?.history ?? []) {
    const isOlder = course.history.some(entry => entry.exchange === exchange && entry.part === part)
    if (message.role !== 'agent' || isOlder) continue
    const heard = course.steps.findLast(
      ({ event }) => event.kind === 'heard' && event.reply === exchange && event.part === part && event.text !== '',
    )?.event
    if (heard?.kind !== 'heard' || heard.text !== message.text || heard.cut !== message.interrupted)
      wrong.push(`the history has "${message.text}", and heard was "${heard?.kind === 'heard' ? heard.text : ''}"`)
  }
  return wrong
}
