import type { CallerFrame, VoiceActivity } from '../../../src/conversation/ports.ts'
import { LINE_RATE_HZ, type SpokenWord } from '../../../src/sandbox/caller/fixture.ts'
import { drawMs, profiles } from '../../../src/sandbox/delays.ts'

/** An event that the server gets of the caller. Times are ms of the audio. */
export type CallerEvent =
  | { readonly kind: 'speech-start'; readonly atMs: number }
  | { readonly kind: 'speech-end'; readonly atMs: number; readonly lastVoicedMs: number }
  /** All words so far. */
  | { readonly kind: 'words'; readonly atMs: number; readonly text: string; readonly final: boolean }

const FRAME = 160
/** The longest wait of a window for those of other calls (src/providers/silero.ts). */
const TICK_MS = 20
/** The silence after which the real adapter has utterances ended (src/providers/deepgram.ts). */
const ENDPOINTING_MS = 300

async function voiceEvents(
  pcm: Int16Array,
  { detect }: VoiceActivity,
  signal: AbortSignal,
): Promise<readonly CallerEvent[]> {
  const events: CallerEvent[] = []
  let heardMs = 0
  async function* frames(): AsyncGenerator<CallerFrame> {
    for (let at = 0; at < pcm.length; at += FRAME) {
      const frame = pcm.subarray(at, at + FRAME)
      const atMs = (at * 1_000) / LINE_RATE_HZ
      heardMs = atMs + (frame.length * 1_000) / LINE_RATE_HZ
      yield { pcm: frame, rateHz: LINE_RATE_HZ, atMs }
    }
  }
  for await (const event of detect(frames(), signal)) events.push({ ...event, atMs: heardMs + TICK_MS })
  return events
}

/**
 * The transcripts of a fast speech-to-text provider: each word soon after its end, and all of them final after a flush
 * (at the end of speech) or a silence, unless another word comes first. Older transcripts never follow newer ones.
 */
export function wordEvents(
  words: readonly SpokenWord[],
  voice: readonly CallerEvent[],
  chance: () => number,
): readonly Extract<CallerEvent, { kind: 'words' }>[] {
  const { interim, final } = profiles.fast
  const all = words.flatMap(({ endMs }, index) => {
    const flushedMs = voice.find(({ kind, atMs }) => kind === 'speech-end' && atMs >= endMs)?.atMs
    const wantedMs = Math.min(flushedMs ?? Number.POSITIVE_INFINITY, endMs + ENDPOINTING_MS)
    const interimMs = endMs + drawMs(interim, chance)
    const finalMs = Math.max(wantedMs, endMs + drawMs(final, chance))
    const goesOnMs = words[index + 1]?.endMs ?? Number.POSITIVE_INFINITY
    const text = words
      .slice(0, index + 1)
      .map(word => word.text)
      .join(' ')
    return [
      { index, event: { kind: 'words', atMs: interimMs, text, final: false } as const },
      ...(finalMs < goesOnMs ? [{ index, event: { kind: 'words', atMs: finalMs, text, final: true } as const }] : []),
    ]
  })
  let newest = -1
  return all
    .toSorted((one, other) => one.event.atMs - other.event.atMs)
    .filter(({ index, event }) => {
      const isNews = index > newest || (index === newest && event.final)
      newest = Math.max(newest, index)
      return isNews
    })
    .map(({ event }) => event)
}

/** All events of a turn in order: of the real detector and of the speech-to-text stand-in's fastest profile. */
export async function callerEventsOf(
  { pcm, words }: { readonly pcm: Int16Array; readonly words: readonly SpokenWord[] },
  detector: VoiceActivity,
  chance: () => number,
  signal: AbortSignal,
): Promise<readonly CallerEvent[]> {
  const voice = await voiceEvents(pcm, detector, signal)
  return [...voice, ...wordEvents(words, voice, chance)].toSorted((one, other) => one.atMs - other.atMs)
}
