import type { ListedVoice } from '../entry.ts'

/** The API lists none: these are its documentation's, of November 2026. The older models have only those marked so. */
const VOICES: readonly (readonly [id: string, description: string])[] = [
  ['alloy', 'also tts-1'],
  ['ash', 'also tts-1'],
  ['ballad', ''],
  ['cedar', 'recommended for quality'],
  ['coral', 'also tts-1'],
  ['echo', 'also tts-1'],
  ['fable', 'also tts-1'],
  ['marin', 'recommended for quality'],
  ['nova', 'also tts-1'],
  ['onyx', 'also tts-1'],
  ['sage', 'also tts-1'],
  ['shimmer', 'also tts-1'],
  ['verse', ''],
]

/** The built-in voices, which speak every language. */
export async function* openAiVoices(_account: unknown, _parts: unknown, search: string): AsyncGenerator<ListedVoice> {
  for (const [id, description] of VOICES)
    if (`${id} ${description}`.toLowerCase().includes(search.toLowerCase()))
      yield { id, name: id, language: 'any', description }
}
