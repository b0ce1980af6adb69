import type { JournalLine } from '../../src/conversation/lines.ts'
import type { FinishedCall } from './load.ts'

/** A reply that was played. Times are positions on the call's recording. */
export interface SpokenReply {
  readonly id: number
  readonly startMs: number
  /** When it was heard to its end or cut; Infinity if the call ended before. */
  readonly endMs: number
  readonly cut: boolean
}

/** The agent's replies by the journal, because a recording cannot tell them apart. */
export function spokenReplies({
  lines,
  positionMs,
}: Pick<FinishedCall, 'lines' | 'positionMs'>): readonly SpokenReply[] {
  const replies = new Map<number, { id: number; startMs: number; endMs: number; cut: boolean }>()
  for (const line of lines) {
    const event = replyEventOf(line)
    if (!event) continue
    const known = replies.get(event.reply)
    if (event.kind === 'reply-sounding') {
      const startMs = positionMs(event.atMs)
      if (!known) replies.set(event.reply, { id: event.reply, startMs, endMs: Number.POSITIVE_INFINITY, cut: false })
    } else if (known) {
      known.endMs = positionMs(event.atMs)
      known.cut = event.kind === 'heard'
    }
  }
  return [...replies.values()]
}

/** The event if this line starts or ends a reply. */
function replyEventOf(line: JournalLine) {
  if (!('input' in line)) return undefined
  const { input } = line
  const isEnd = input.kind === 'reply-done' || (input.kind === 'heard' && input.cut)
  return isEnd || input.kind === 'reply-sounding'
    ? { kind: input.kind, reply: input.reply, atMs: line.atMs }
    : undefined
}
