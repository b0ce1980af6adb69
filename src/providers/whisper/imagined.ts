/** A segment as Whisper's servers tell it, as far as they do. */
export interface Segment {
  readonly text: string
  /** How likely nobody speaks in it. */
  readonly noSpeech?: number | undefined
  /** The mean of its tokens' logarithmic likelihoods. */
  readonly likelihood?: number | undefined
  /** How well its text compresses: what is said again and again compresses well. */
  readonly compression?: number | undefined
}

/** Whisper's own limits, by which it takes a segment for silence or for a loop. */
const NO_SPEECH = 0.6
const UNLIKELY = -1
const LOOP = 2.4
/** Nobody speaks in it, whatever the words say. */
const SURELY_NO_SPEECH = 0.9
/** The quickest speaker comes to 25. */
const MOST_LETTERS_A_SECOND = 35
const LETTERS_FOR_NOTHING = 8

/** "[BLANK_AUDIO]", "(music)", "*coughs*", "♪ … ♪": what the sound is, not what is said. */
const ABOUT_THE_SOUND = /\[[^\]]{0,80}\]|\([^)]{0,80}\)|\*[^*]{0,80}\*|♪[^♪]{0,200}♪?/g

/**
 * What Whisper writes under silence and noise, because films end so. Nobody says it on the telephone, and it is refused only
 * where it is all that was heard.
 */
const CREDITS: readonly RegExp[] = [
  /\bamara\.?\s?org\b/,
  /^(?:thanks|thank you)(?: so much| very much)? for (?:watching|listening|viewing)\b/,
  /^(?:please )?(?:like and |don't forget to )?subscribe\b/,
  /^see you (?:in the )?next (?:video|time)$/,
  /^(?:subtitles?|captions?|transcri(?:bed|ption)|translat(?:ed|ion)) (?:by|:)/,
  /^untertitel(?:ung)?\b.{0,60}\b(?:zdf|ard|wdr|ndr|funk|swr|community|von|im auftrag)\b/,
  /^(?:vielen dank|danke) f[üu]rs? (?:zuschauen|zusehen|zuh[öo]ren|anschauen)\b/,
  /^subt[ií]tulos? (?:realizados? |hechos? )?por\b/,
  /^gracias por (?:ver|mirar|escuchar)\b/,
]

const MOST_TIMES = 4

/** The words that were said, of what Whisper heard in so much voice. What it has made up is left out. */
export function saidWords(segments: readonly Segment[], voiceMs: number): string {
  const text = segments
    .filter(segment => !isNoSpeech(segment) && !isLoop(segment))
    .map(segment => segment.text)
    .join(' ')
    .replace(ABOUT_THE_SOUND, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const bare = bareOf(text)
  const isTooMuch = bare.length > LETTERS_FOR_NOTHING + (MOST_LETTERS_A_SECOND * Math.max(0, voiceMs)) / 1_000
  return bare === '' || isTooMuch || isOneLoop(bare) || CREDITS.some(credit => credit.test(bare)) ? '' : text
}

const isNoSpeech = ({ noSpeech = 0, likelihood = 0 }: Segment): boolean =>
  noSpeech > SURELY_NO_SPEECH || (noSpeech > NO_SPEECH && likelihood < UNLIKELY)

const isLoop = ({ compression = 0 }: Segment): boolean => compression > LOOP

/** "you you you you you": of servers that tell nothing about their segments. People say a word three times. */
function isOneLoop(bare: string): boolean {
  const words = bare.split(' ')
  return words.length > MOST_TIMES && !/^\d+$/.test(words[0] ?? '') && new Set(words).size === 1
}

const bareOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[-–—]/g, ' ')
    .replace(/[^\p{L}\p{N}'.: ]/gu, '')
    // Looked for where a row of them begins alone: a server's long row would be gone through once for each of them.
    .replace(/(?<![.:])[.:]+(?=\s|$)/g, '')
    .trim()
