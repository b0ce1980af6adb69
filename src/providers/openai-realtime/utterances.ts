import type { Transcript } from '../../conversation/ports.ts'
import { ProviderError } from '../../errors.ts'
import { PROVIDER, type TranscriptionEvent } from './events.ts'
import type { HeardItem } from './input-items.ts'

/** An utterance that is sent, or was sent and has no final words yet. */
interface Utterance {
  /** The session's item, once it has told. */
  itemId: string | undefined
  isCommitted: boolean
  /** Of the event that committed it. */
  commitId: string | undefined
  interim: string
  final: string | undefined
  committedAtMs: number
  /** Where it ends, in ms of the sound that the session was given. */
  untilMs: number
}

/**
 * The utterances of a session in their order. Their words may come in any: an item's are told after those of the items
 * before it.
 */
export class Utterances {
  #open: Utterance[] = []
  readonly #tell: (transcript: Transcript) => void
  readonly #heard: (item: HeardItem) => void

  constructor(tell: (transcript: Transcript) => void, heard: (item: HeardItem) => void) {
    this.#tell = tell
    this.#heard = heard
  }

  /** No words are waited for. */
  get isIdle(): boolean {
    return this.#open.length === 0
  }

  /** When the oldest utterance whose words are not final was committed; undefined where none is. */
  get waitingSinceMs(): number | undefined {
    return this.#open.find(({ isCommitted }) => isCommitted)?.committedAtMs
  }

  begin(): void {
    const none = { itemId: undefined, commitId: undefined, interim: '', final: undefined }
    this.#open.push({ ...none, isCommitted: false, committedAtMs: 0, untilMs: 0 })
  }

  commit(commitId: string, nowMs: number, untilMs: number): void {
    const last = this.#open.at(-1)
    if (!last) return
    last.isCommitted = true
    last.commitId = commitId
    last.committedAtMs = nowMs
    last.untilMs = untilMs
  }

  /** The service found too little sound in what was committed: there is nothing to hear in it. */
  refusedAsEmpty(commitId: string): void {
    const refused = this.#open.find(utterance => utterance.commitId === commitId)
    if (!refused) return
    refused.final ??= refused.interim
    this.#tellFinals()
  }

  /** Throws ProviderError where an utterance has no words, and cannot have any. */
  take(event: TranscriptionEvent): void {
    const utterance = this.#of(event.item_id)
    if (!utterance) return
    switch (event.type) {
      case 'input_audio_buffer.committed':
        return
      case 'conversation.item.input_audio_transcription.delta':
        utterance.interim += event.delta
        if (utterance === this.#open[0] && utterance.final === undefined) this.#tellInterim(utterance)
        return
      case 'conversation.item.input_audio_transcription.completed':
        utterance.final = event.transcript
        return this.#tellFinals()
      case 'conversation.item.input_audio_transcription.failed': {
        // The words that came before are better than to ask again.
        const { message = 'no reason', code } = event.error
        if (utterance.interim === '')
          throw new ProviderError(PROVIDER, `an utterance was not transcribed: ${code ?? ''} ${message}`, {
            retryable: true,
          })
        utterance.final = utterance.interim
        this.#tellFinals()
      }
    }
  }

  /** The oldest utterance that may be this item. Words come before the item is told of where they are transcribed live. */
  #of(itemId: string): Utterance | undefined {
    const known = this.#open.find(utterance => utterance.itemId === itemId)
    if (known) return known
    const unnamed = this.#open.find(utterance => utterance.itemId === undefined)
    if (unnamed) unnamed.itemId = itemId
    return unnamed
  }

  #tellInterim({ interim }: Utterance): void {
    if (interim.trim() !== '') this.#tell({ text: interim.trim(), final: false, ended: false })
  }

  #tellFinals(): void {
    for (let first = this.#open[0]; first?.final !== undefined; first = this.#open[0]) {
      this.#open.shift()
      const text = first.final.trim()
      if (first.itemId !== undefined && text !== '') this.#heard({ id: first.itemId, transcript: text })
      const { isCommitted, untilMs } = first
      this.#tell({ text, final: true, ended: false, ...(isCommitted && { untilMs }) })
    }
    const next = this.#open[0]
    if (next && next.final === undefined) this.#tellInterim(next)
  }
}
