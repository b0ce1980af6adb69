import type { JournalLine } from '../conversation/lines.ts'

/** Gemini cuts a picture into squares of this side, and takes this many tokens for each. */
const TILE_PX = 768
const TOKENS_A_TILE = 258
/** The instruction and the question around a picture. */
const TOKENS_AROUND = 200
const LETTERS_A_TOKEN = 4

/** What looks at a screen took, by the size of each picture and the length of its description. The journal has no tokens. */
export function looksOf(lines: Iterable<JournalLine>): { readonly inputTokens: number; readonly outputTokens: number } {
  let inputTokens = 0
  let outputTokens = 0
  for (const line of lines) {
    if (!('noted' in line) || line.noted.kind !== 'screen-look') continue
    const { width, height, text } = line.noted
    inputTokens +=
      Math.ceil(sizeOf(width) / TILE_PX) * Math.ceil(sizeOf(height) / TILE_PX) * TOKENS_A_TILE + TOKENS_AROUND
    outputTokens += Math.ceil((typeof text === 'string' ? text.length : 0) / LETTERS_A_TOKEN)
  }
  return { inputTokens, outputTokens }
}

const sizeOf = (side: unknown): number => (typeof side === 'number' && side > 0 ? side : TILE_PX)
