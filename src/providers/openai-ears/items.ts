import type { Transcript } from '../../conversation/ports.ts'

/** After a stretch of sound was committed its words come within this time, or the service is dead. */
const FINAL_WITHIN_MS = 5_000
const MOST_ITEMS = 100
/** A quarter of an hour of speech. */
const MOST_LETTERS = 20_000
/** Events of an item that is over may come late. */
const REMEMBERED = 50

interface Item {
  id: string
  text: string
  committedMs: number | undefined
  /** There was nothing to hear in it. */
  isSilent: boolean
  final: string | undefined
}

/**
 * The stretches of sound that the service transcribes ("items"), in the order in which they were spoken: their words may
 * become final in another order.
 */
export class Items {
  #items: Item[] = []
  #over: string[] = []
  /** Commits of which nothing was heard yet. */
  #asked: { readonly atMs: number; readonly isSilent: boolean }[] = []

  /** Words that are not final yet. */
  get interim(): string {
    return this.#items
      .map(({ final, text }) => (final ?? text).trim())
      .join(' ')
      .trim()
  }

  get isTooLong(): boolean {
    return this.#items.length > MOST_ITEMS || this.interim.length > MOST_LETTERS
  }

  /** A commit is sent. */
  ask(atMs: number, isSilent: boolean): void {
    this.#asked.push({ atMs, isSilent })
  }

  /** The service had too little sound for a commit. */
  refused(): void {
    this.#asked.shift()
  }

  /** A commit of the service, or the answer to one of ours. */
  committed(id: string, nowMs: number): void {
    const asked = this.#asked.shift()
    const known = this.#items.find(item => item.id === id)
    // Words may have come before the item had this name.
    const item = known ?? this.#items.find(({ committedMs }) => committedMs === undefined) ?? this.#begin(id)
    item.id = id
    item.committedMs = nowMs
    item.isSilent = asked?.isSilent ?? false
  }

  delta(id: string, text: string): Transcript | undefined {
    if (this.#over.includes(id)) return undefined
    const item = this.#items.find(item => item.id === id) ?? this.#begin(id)
    if (item.final !== undefined || text === '') return undefined
    item.text += text
    return this.#interimTranscript()
  }

  /** What is final now, in order, and the words after it again. */
  completed(id: string, transcript: string): readonly Transcript[] {
    if (this.#over.includes(id)) return []
    const item = this.#items.find(item => item.id === id) ?? this.#begin(id)
    item.final ??= item.isSilent ? '' : transcript.trim()
    const told: Transcript[] = []
    for (let first = this.#items[0]; first?.final !== undefined; first = this.#items[0]) {
      told.push({ text: first.final, final: true, ended: false })
      this.#items.shift()
      this.#over = [first.id, ...this.#over].slice(0, REMEMBERED)
    }
    const left = this.#interimTranscript()
    return told.length > 0 && left ? [...told, left] : told
  }

  /** Why the service must be dead, if it must. */
  overdue(nowMs: number): string | undefined {
    const dueMs = [this.#asked[0]?.atMs, ...this.#items.map(({ committedMs }) => committedMs)]
    const isOverdue = dueMs.some(ms => ms !== undefined && nowMs - ms > FINAL_WITHIN_MS)
    return isOverdue ? `no words ${FINAL_WITHIN_MS} ms after the sound was committed` : undefined
  }

  #begin(id: string): Item {
    const item: Item = { id, text: '', committedMs: undefined, isSilent: false, final: undefined }
    this.#items.push(item)
    return item
  }

  #interimTranscript(): Transcript | undefined {
    const text = this.interim
    return text === '' ? undefined : { text, final: false, ended: false }
  }
}
