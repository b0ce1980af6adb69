import type { CallerFrame, VoiceActivity } from '../../src/conversation/ports.ts'
import { LINE_RATE_HZ, type SpokenWord } from '../../src/sandbox/caller/fixture.ts'
import { drawMs, profiles } from '../../src/sandbox/delays.ts'

/** Something that the server is told of the caller, and when, in ms of the audio. */
export type Told =
  | { readonly kind: 'speech-start'; readonly atMs: number }
  | { readonly kind: 'speech-end'; readonly atMs: number; readonly lastVoicedMs: number }
  /** All words so far. */
  | { readonly kind: 'words'; readonly atMs: number; readonly text: string; readonly final: boolean }

const FRAME = 160
/** A window waits so long for those of other calls (src/providers/silero.ts). */
const TICK_MS = 20
/** The silence that the real adapter asks its ears to take for the end of an utterance. */
const ENDPOINTING_MS = 300

async function voiceIn(pcm: Int16Array, { detect }: VoiceActivity, signal: AbortSignal): Promise<readonly Told[]> {
  const told: Told[] = []
  let heardMs = 0
  async function* frames(): AsyncGenerator<CallerFrame> {
    for (let at = 0; at < pcm.length; at += FRAME) {
      const frame = pcm.subarray(at, at + FRAME)
      const atMs = (at * 1_000) / LINE_RATE_HZ
      heardMs = atMs + (frame.length * 1_000) / LINE_RATE_HZ
      yield { pcm: frame, rateHz: LINE_RATE_HZ, atMs }
    }
  }
  for await (const event of detect(frames(), signal)) told.push({ ...event, atMs: heardMs + TICK_MS })
  return told
}

/**
 * The words as quick ears tell them: each soon after its end, all of them final when the server asks (at the end of
 * speech) or after a silence, unless another word comes first. An older word never comes after a newer one.
 */
export function wordsTold(
  words: readonly SpokenWord[],
  voice: readonly Told[],
  chance: () => number,
): readonly Extract<Told, { kind: 'words' }>[] {
  const { interim, final } = profiles.fast
  const telling = words.flatMap(({ endMs }, index) => {
    const asked = voice.find(({ kind, atMs }) => kind === 'speech-end' && atMs >= endMs)?.atMs
    const wantedMs = Math.min(asked ?? Number.POSITIVE_INFINITY, endMs + ENDPOINTING_MS)
    const interimMs = endMs + drawMs(interim, chance)
    const finalMs = Math.max(wantedMs, endMs + drawMs(final, chance))
    const goesOnMs = words[index + 1]?.endMs ?? Number.POSITIVE_INFINITY
    const text = words
      .slice(0, index + 1)
      .map(word => word.text)
      .join(' ')
    return [
      { index, told: { kind: 'words', atMs: interimMs, text, final: false } as const },
      ...(finalMs < goesOnMs ? [{ index, told: { kind: 'words', atMs: finalMs, text, final: true } as const }] : []),
    ]
  })
  let newest = -1
  return telling
    .toSorted((one, other) => one.told.atMs - other.told.atMs)
    .filter(({ index, told }) => {
      const isNews = index > newest || (index === newest && told.final)
      newest = Math.max(newest, index)
      return isNews
    })
    .map(({ told }) => told)
}

/** All that the server is told of a turn, in order: by the real detector, and by the stand-in ears' quickest profile. */
export async function toldOf(
  { pcm, words }: { readonly pcm: Int16Array; readonly words: readonly SpokenWord[] },
  detector: VoiceActivity,
  chance: () => number,
  signal: AbortSignal,
): Promise<readonly Told[]> {
  const voice = await voiceIn(pcm, detector, signal)
  return [...voice, ...wordsTold(words, voice, chance)].toSorted((one, other) => one.atMs - other.atMs)
}
