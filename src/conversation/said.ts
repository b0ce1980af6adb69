/** What the caller has said and keyed in the turn that is going on. */
export interface Said {
  /** Words that will not change any more. */
  readonly finals: string
  /** Words that the next transcript replaces. */
  readonly interim: string
  readonly digits: string
  /** The provider takes the utterance for finished. */
  readonly ended: boolean
  /** How likely it is, from 0 to 1, that the words so far are a complete turn; nothing where nobody judged. */
  readonly complete: number | undefined
  /** He trailed off, and was told to take his time. */
  readonly prompted: boolean
  readonly firstVoicedMs: number
  readonly lastVoicedMs: number
}

export const nothingSaid = (atMs: number): Said => ({
  finals: '',
  interim: '',
  digits: '',
  ended: false,
  complete: undefined,
  prompted: false,
  firstVoicedMs: atMs,
  lastVoicedMs: atMs,
})

const join = (...parts: readonly string[]): string => parts.filter(part => part !== '').join(' ')

/** The words so far, final or not. */
export const wordsOf = (said: Said): string => join(said.finals, said.interim)

/** The turn as the model is told it: the words, and the keys as words. */
export function textOf(said: Said): string {
  return join(wordsOf(said), said.digits === '' ? '' : `pressed ${[...said.digits].join(' ')}`)
}

/** Takes in one transcript. */
export function withWords(
  said: Said,
  words: { text: string; final: boolean; ended: boolean; complete?: number | undefined },
): Said {
  const text = words.text.trim()
  const complete = text === '' ? said.complete : words.complete
  return words.final
    ? { ...said, complete, finals: join(said.finals, text), interim: '', ended: words.ended }
    : { ...said, complete, interim: text, ended: words.ended || (said.ended && text === '') }
}

/** A text as it compares with another: without case, punctuation and curly apostrophes, which transcripts have late or never. */
export const bareText = (text: string): string =>
  (
    text
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}']+/gu) ?? []
  ).join(' ')
