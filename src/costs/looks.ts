/** Gemini cuts a picture into squares of this side, and takes this many tokens for each. */
const TILE_PX = 768
const TOKENS_A_TILE = 258
/** The instruction and the question around a picture. */
const TOKENS_AROUND = 200
const LETTERS_A_TOKEN = 4

/**
 * What one look at a screen took, by the size of the picture and the length of its description: the journal has no tokens.
 * Nothing for any other note.
 */
export function tokensOfLook(noted: { readonly kind: string; readonly [detail: string]: unknown }): {
  readonly inputTokens: number
  readonly outputTokens: number
} {
  if (noted.kind !== 'screen-look') return { inputTokens: 0, outputTokens: 0 }
  const { width, height, text } = noted
  const tiles = Math.ceil(sizeOf(width) / TILE_PX) * Math.ceil(sizeOf(height) / TILE_PX)
  const letters = typeof text === 'string' ? text.length : 0
  return { inputTokens: tiles * TOKENS_A_TILE + TOKENS_AROUND, outputTokens: Math.ceil(letters / LETTERS_A_TOKEN) }
}

const sizeOf = (side: unknown): number => (typeof side === 'number' && side > 0 ? side : TILE_PX)
