import type { Spoken } from '../../flite/flite.ts'

/** A letter of a speech, and when it sounds, in ms from its first sample. */
export interface Letter {
  readonly char: string
  readonly startMs: number
  readonly endMs: number
}

const isVoiced = (char: string): boolean => /[\p{L}\p{N}]/u.test(char)

/** The letters of a speech: those of a word share its time, a space lasts until the next word. */
export function lettersOf({ words, pcm, rateHz }: Spoken): readonly Letter[] {
  const letters: Letter[] = []
  for (const [i, { text, startMs, endMs }] of words.entries()) {
    const shareMs = (endMs - startMs) / Math.max(1, [...text].filter(isVoiced).length)
    let atMs = startMs
    for (const char of text) {
      const toMs = isVoiced(char) ? Math.min(endMs, atMs + shareMs) : atMs
      letters.push({ char, startMs: atMs, endMs: toMs })
      atMs = toMs
    }
    letters.push({ char: ' ', startMs: endMs, endMs: words[i + 1]?.startMs ?? (pcm.length / rateHz) * 1_000 })
  }
  return letters
}

/** As the service tells it: whole milliseconds, from where a piece of sound begins. */
export function alignmentOf(letters: readonly Letter[], fromMs: number, lead = '') {
  const startsMs = letters.map(({ startMs }) => Math.max(0, Math.round(startMs - fromMs)))
  return {
    chars: [...lead, ...letters.map(({ char }) => char)],
    charStartTimesMs: [...[...lead].map(() => 0), ...startsMs],
    charDurationsMs: [
      ...[...lead].map(() => 0),
      ...letters.map(({ endMs }, i) => Math.max(0, Math.round(endMs - fromMs) - (startsMs[i] ?? 0))),
    ],
  }
}
