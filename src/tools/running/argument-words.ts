import { wordsInQuestion } from './question.ts'

/** The arguments of a call as they are named in a question. */
export interface ArgumentWords {
  readonly words: readonly string[]
  /** Whether the words say all the arguments. */
  readonly isComplete: boolean
}

/** Longer values are not spoken in a question. */
const LONGEST_VALUE = 200
/** Symbols that are not spoken although they change the meaning: "*", "~", ".5". "1.5" and "$5" are spoken. */
const UNSAID = /\*|(?![$€£+])\p{S}|(?<![\p{L}\p{N}])[.,](?=\p{N})/u

/** Booleans and empty values are spoken with their names: "all", "not all", "no due". */
export function argumentWords(given: Readonly<Record<string, unknown>>): ArgumentWords {
  const words: string[] = []
  let isComplete = true

  function say(text: string): void {
    const said = text.length > LONGEST_VALUE || UNSAID.test(text.normalize('NFKC')) ? '' : wordsInQuestion(text)
    if (said === '') isComplete = false
    else words.push(said)
  }

  function name(key: string, value: unknown): void {
    const called = key.replace(/[_-]+/g, ' ').replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    switch (typeof value) {
      case 'boolean':
        return say(value ? called : `not ${called}`)
      case 'number':
        return say(value < 0 ? `minus ${-value}` : String(value))
      case 'string':
        return say(value.trim() === '' ? `no ${called}` : value.replace(/^\s*-(?=\p{N})/u, 'minus '))
    }
    const inside = Array.isArray(value)
      ? value.map((one): [string, unknown] => [key, one])
      : Object.entries(value ?? {})
    if (inside.length === 0) say(`no ${called}`)
    for (const [part, one] of inside) name(part, one)
  }

  for (const [key, value] of Object.entries(given)) name(key, value)
  return { words, isComplete }
}
