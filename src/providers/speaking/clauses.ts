import { hasWords } from '../../conversation/reply/has-words.ts'

/**
 * The clauses of a text, each with words to voice: signs that stand alone go with the next one. One that is longer than
 * `mostLetters` is cut, where there is a space.
 */
export async function* clausesOf(
  text: AsyncIterable<string>,
  mostLetters = Number.POSITIVE_INFINITY,
): AsyncGenerator<string> {
  let held = ''
  for await (const piece of text) {
    held += piece
    if (!hasWords(held)) continue
    yield* cut(held, mostLetters)
    held = ''
  }
}

function* cut(text: string, mostLetters: number): Generator<string> {
  let rest = text
  while (rest.length > mostLetters) {
    const space = rest.lastIndexOf(' ', mostLetters)
    const at = space > 0 ? space : mostLetters
    if (hasWords(rest.slice(0, at))) yield rest.slice(0, at)
    rest = rest.slice(at)
  }
  if (hasWords(rest)) yield rest
}
