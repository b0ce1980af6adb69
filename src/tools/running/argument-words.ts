import { wordsInQuestion } from './question.ts'

/** The arguments of a call as they are named in a question. */
export interface ArgumentWords {
  readonly words: readonly string[]
  /** Whether the words tell all that was given. */
  readonly isWhole: boolean
}

/** More than this is no word of a question, whatever is left of it. */
const LONGEST_VALUE = 200
/** Signs that a voice leaves out though they change what is meant: "*", "~", ".5"; "1.5" and "$5" are said. */
const UNSAID = /\*|(?![$€£+])\p{S}|(?<![\p{L}\p{N}])[.,](?=\p{N})/u

/** What is true or empty needs its name to be understood: "all", "not all", "no due". */
export function argumentWords(given: Readonly<Record<string, unknown>>): ArgumentWords {
  const words: string[] = []
  let isWhole = true

  function say(text: string): void {
    const said = text.length > LONGEST_VALUE || UNSAID.test(text.normalize('NFKC')) ? '' : wordsInQuestion(text)
    if (said === '') isWhole = false
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
  return { words, isWhole }
}
