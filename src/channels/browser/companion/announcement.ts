import type { JournalLine } from '../../../conversation/lines.ts'

/** Finds in a call's journal when the caller begins to hear that somebody has joined. */
export class Announcement {
  #isKnown = false
  #reply: number | undefined

  /** True for the one line with which they begin to hear it. */
  take(line: JournalLine): boolean {
    if ('decided' in line && line.decided.kind === 'turn') {
      const { turn } = line.decided
      const isSaid = turn.kind === 'replying' && turn.reply.content.kind === 'phrase'
      if (this.#isKnown && isSaid && turn.reply.content.phrase === 'joined') this.#reply = turn.reply.id
    }
    if (!('input' in line)) return false
    const { input } = line
    // One that is being said already is about somebody else.
    if (input.kind === 'joined') this.#isKnown = true
    return input.kind === 'reply-sounding' && input.reply === this.#reply
  }
}
