import { type Course, hiddenByNetworkMs, mayBeHeard, replyOfSpeech, turnAt } from './course.ts'

const SLOT_MS = 20
/** Sound is sent 200 ms ahead, and its last mark is waited for a second. */
const OVER_MS = 1_200

/**
 * Sound is sent only while the turn wants its reply heard. When the turn abandons a reply, its sound at the carrier is
 * cleared at once and not played after the clear. No reply sounds after a later one has started.
 */
export function nothingOfAnOldReply(course: Course): readonly string[] {
  const { carrier } = course
  const replies = replyOfSpeech(course)
  const wrong: string[] = []
  let latest = 0
  const reported = new Set<number>()
  for (const frame of carrier.frames) {
    const reply = replies.get(frame.speech)
    if (reported.has(frame.speech)) continue
    if (reply === undefined) {
      reported.add(frame.speech)
      wrong.push(`speech ${frame.speech} was sent at ${frame.sentMs}, and no journal line names its reply`)
      continue
    }
    const turn = turnAt(course, frame.sentLines)
    if (turn && !mayBeHeard(turn, reply)) {
      reported.add(frame.speech)
      wrong.push(`sound of reply ${reply} was sent while the turn (${turn.kind}) did not want it heard`)
    }
    if (frame.isDropped) continue
    if (reply < latest) {
      reported.add(frame.speech)
      wrong.push(`reply ${reply} sounds after reply ${latest} has begun`)
    }
    latest = Math.max(latest, reply)
  }
  return [...wrong, ...playedAfterTheirEnd(course, replies)]
}

/** Checks that abandoned replies are not played longer than the network's delay explains. */
function playedAfterTheirEnd(course: Course, replies: ReadonlyMap<number, number>): readonly string[] {
  const wrong: string[] = []
  const { carrier, steps } = course
  for (const { before, after, event, atMs } of steps) {
    if (before.kind !== 'replying' && before.kind !== 'yielding') continue
    const { id } = before.reply
    if (mayBeHeard(after, id) || event.kind === 'reply-done') continue
    // The server takes the line for dead and closes it: until the carrier has that, it plays.
    if (event.kind === 'lost') continue
    const lastOfIt = carrier.frames.findLastIndex(frame => replies.get(frame.speech) === id)
    const clear = carrier.clears.find(({ framesBefore }) => framesBefore > lastOfIt)
    const played = carrier.frames.filter(frame => replies.get(frame.speech) === id && !frame.isDropped)
    const clearedMs = clear?.arrivedMs ?? Number.POSITIVE_INFINITY
    if (played.some(({ fromMs }) => fromMs >= clearedMs))
      wrong.push(`sound of reply ${id} is played after the carrier received its clear`)
    const isPrompt = clear !== undefined && clear.sentMs < atMs + SLOT_MS
    // The sound of a failed voice, and a filler, are played to their end first; without marks, that end is only estimated.
    const isOver = event.kind === 'reply-failed' || (carrier.frames[lastOfIt]?.sentMs ?? 0) < atMs - OVER_MS
    const hiddenMs = isOver ? hiddenByNetworkMs(course) : 0
    if (!isPrompt && played.some(({ fromMs }) => fromMs > atMs + SLOT_MS + hiddenMs))
      wrong.push(`reply ${id} was abandoned at ${atMs} and not cleared, but is still played`)
  }
  return wrong
}
