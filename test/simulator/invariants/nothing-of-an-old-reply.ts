import { type Course, hiddenByTheNetMs, mayBeHeard, replyOfSpeech, turnAt } from './course.ts'

const SLOT_MS = 20

/**
 * Sound is sent only while the turn wants its reply heard; what waits at the carrier when the turn gives a reply up is
 * cleared at once, so that nothing of it is played after its clear; and no reply sounds after a later one began.
 */
export function nothingOfAnOldReply(course: Course): readonly string[] {
  const { carrier } = course
  const replies = replyOfSpeech(course)
  const wrong: string[] = []
  let latest = 0
  const told = new Set<number>()
  for (const frame of carrier.frames) {
    const reply = replies.get(frame.speech)
    if (told.has(frame.speech)) continue
    if (reply === undefined) {
      told.add(frame.speech)
      wrong.push(`speech ${frame.speech} was sent at ${frame.sentMs}, and no line says whose it is`)
      continue
    }
    const turn = turnAt(course, frame.sentLines)
    if (turn && !mayBeHeard(turn, reply)) {
      told.add(frame.speech)
      wrong.push(`sound of reply ${reply} was sent while the turn (${turn.kind}) did not want it heard`)
    }
    if (frame.isDropped) continue
    if (reply < latest) {
      told.add(frame.speech)
      wrong.push(`reply ${reply} sounds after reply ${latest} has begun`)
    }
    latest = Math.max(latest, reply)
  }
  return [...wrong, ...playedAfterTheirEnd(course, replies)]
}

/** Replies that the turn gave up before their end, and of which more was played than the net explains. */
function playedAfterTheirEnd(course: Course, replies: ReadonlyMap<number, number>): readonly string[] {
  const wrong: string[] = []
  const { carrier, steps } = course
  for (const { before, after, event, atMs } of steps) {
    if (before.kind !== 'replying' && before.kind !== 'yielding') continue
    const { id } = before.reply
    if (mayBeHeard(after, id) || event.kind === 'reply-done') continue
    const lastOfIt = carrier.frames.findLastIndex(frame => replies.get(frame.speech) === id)
    const clear = carrier.clears.find(({ framesBefore }) => framesBefore > lastOfIt)
    const played = carrier.frames.filter(frame => replies.get(frame.speech) === id && !frame.isDropped)
    const clearedMs = clear?.arrivedMs ?? Number.POSITIVE_INFINITY
    if (played.some(({ fromMs }) => fromMs >= clearedMs))
      wrong.push(`sound of reply ${id} is played after its clear came to the carrier`)
    const isPrompt = clear !== undefined && clear.sentMs < atMs + SLOT_MS
    // What a failing voice had made is heard out first: where no mark comes, by the reckoning alone.
    const hiddenMs = event.kind === 'reply-failed' ? hiddenByTheNetMs(course) : 0
    if (!isPrompt && played.some(({ fromMs }) => fromMs > atMs + SLOT_MS + hiddenMs))
      wrong.push(`reply ${id} was given up at ${atMs} and not cleared, but sounds on`)
  }
  return wrong
}
