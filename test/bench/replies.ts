import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Rung } from './load.ts'

/** A reply as it was given to the line; times are positions on the call's recording. */
export interface SpokenReply {
  readonly id: number
  readonly startMs: number
  /** When it was heard to its end or cut; never, if the call ended before. */
  readonly endMs: number
  readonly cut: boolean
}

/** The agent's replies by the journal, which tells them apart as no recording can. */
export function spokenReplies({ lines, positionMs }: Pick<Rung, 'lines' | 'positionMs'>): readonly SpokenReply[] {
  const replies = new Map<number, { id: number; startMs: number; endMs: number; cut: boolean }>()
  for (const line of lines) {
    const told = tellingOf(line)
    if (!told) continue
    const known = replies.get(told.reply)
    if (told.kind === 'reply-sounding') {
      const startMs = positionMs(told.atMs)
      if (!known) replies.set(told.reply, { id: told.reply, startMs, endMs: Number.POSITIVE_INFINITY, cut: false })
    } else if (known) {
      known.endMs = positionMs(told.atMs)
      known.cut = told.kind === 'heard'
    }
  }
  return [...replies.values()]
}

/** What tells when a reply begins and ends, if this line does. */
function tellingOf(line: JournalLine) {
  if (!('input' in line)) return undefined
  const { input } = line
  const isEnd = input.kind === 'reply-done' || (input.kind === 'heard' && input.cut)
  return isEnd || input.kind === 'reply-sounding'
    ? { kind: input.kind, reply: input.reply, atMs: line.atMs }
    : undefined
}
