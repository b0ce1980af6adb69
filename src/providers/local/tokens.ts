/** A text begins with this token and ends with this one. */
export const BEGIN = 1
export const END = 2
/** The pieces after these are Moonshine's own and stand for no letters. */
const PIECES = 32_000
const SPACE = '\u2581'
const BYTE = /^<0x([0-9A-F]{2})>$/

/** Puts a text together from its tokens. */
export type TextOf = (tokens: readonly number[]) => string

/** Loads the vocabulary, which is Llama's: the package has its 32,000 pieces, in 0.7 MB. */
export async function openTokens(): Promise<TextOf> {
  const { default: llama } = await import('llama-tokenizer-js')
  const pieces = llama.vocabById
  const letters = new TextEncoder()
  const bytesOf = (token: number): Uint8Array => {
    const piece = token <= END || token >= PIECES ? '' : (pieces[token] ?? '')
    const byte = BYTE.exec(piece)?.[1]
    return byte === undefined ? letters.encode(piece.replaceAll(SPACE, ' ')) : Uint8Array.of(Number.parseInt(byte, 16))
  }
  return tokens => new TextDecoder().decode(Uint8Array.from(tokens.flatMap(token => [...bytesOf(token)]))).trim()
}
