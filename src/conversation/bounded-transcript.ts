import type { Transcript } from './ports.ts'

/** Two minutes of speech. What comes after it in one transcript is not read. */
const MOST_LETTERS = 2_000
/** No word is longer. */
const LONGEST_WORD = 60
const TOO_LONG = new RegExp(`(\\S{${LONGEST_WORD}})\\S+`, 'g')

/** The transcript with its text and words cut to lengths that people say. `isCut` tells whether anything was. */
export function boundedTranscript(transcript: Transcript): {
  readonly transcript: Transcript
  readonly isCut: boolean
} {
  const text = transcript.text.slice(0, MOST_LETTERS).replace(TOO_LONG, '$1').toWellFormed()
  return text === transcript.text
    ? { transcript, isCut: false }
    : { transcript: { ...transcript, text, speakers: undefined, words: undefined }, isCut: true }
}
