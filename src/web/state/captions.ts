/** What was said, by whom. Where the agent was cut off the text is what was heard of it. */
export interface Caption {
  readonly segment: string
  readonly speaker: 'caller' | 'agent'
  readonly text: string
  readonly isFinal: boolean
  readonly isInterrupted: boolean
  /** The sender's clock, in milliseconds. */
  readonly sentMs: number
}

/** A page that stays open for a day must not grow without end. */
const MOST_CAPTIONS = 300
const MOST_LETTERS = 5_000

/**
 * Adds a caption. It replaces the one of the same segment, in its place, unless it was sent before that one. An empty
 * text takes it away: nothing of it was heard.
 */
export function folded(captions: readonly Caption[], caption: Caption): readonly Caption[] {
  const text = caption.text.trim().slice(0, MOST_LETTERS)
  const at = captions.findIndex(({ segment }) => segment === caption.segment)
  const held = captions[at]
  if (held === undefined) {
    return text === '' ? captions : [...captions, { ...caption, text }].slice(-MOST_CAPTIONS)
  }
  if (caption.sentMs < held.sentMs) return captions
  if (text === '') return captions.toSpliced(at, 1)
  return captions.with(at, { ...caption, text })
}

/** A text stream of the topic `lk.transcription` as a caption; undefined if it is none. */
export function captionOf(
  text: string,
  attributes: Readonly<Record<string, string>> | undefined,
  sentMs: number,
): Caption | undefined {
  const { 'lk.segment_id': segment, 'partyline.speaker': speaker } = attributes ?? {}
  if (segment === undefined || segment === '' || (speaker !== 'caller' && speaker !== 'agent')) return undefined
  return {
    ...{ segment, speaker, text, sentMs },
    isFinal: attributes?.['lk.transcription_final'] === 'true',
    isInterrupted: attributes?.['partyline.interrupted'] === 'true',
  }
}
