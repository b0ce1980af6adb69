import { loudnessDb } from '../audio/loudness.ts'
import type { AudioFrame, Clock, Word } from '../conversation/ports.ts'

/** Until this voice has spoken a clause: the length of a letter's share. Some fifteen letters a second are usual. */
const USUAL_SHARE_MS = 62
/** A voice that is measured faster or slower than this has not spoken what it was asked for. */
const SHORTEST_SHARE_MS = 25
const LONGEST_SHARE_MS = 180
/** A word is said to be heard a little late rather than too early. */
const CAUTION = 1.05
const QUIET_DB = -45
const BLOCK_MS = 10

/** A word lasts as its letters do, and a little more; a digit is a word of its own. */
const LEAST_SHARES = 1
const SHARES_OF_DIGIT = 4
/** The pauses after a word. Those of a clause's end are in the sound, not in its words. */
const SHARES_OF_COMMA = 4
const SHARES_OF_STOP = 5

/**
 * Times of the words of a speech whose voice tells none, by the length of its sound. What a caller heard is cut by words,
 * so each word's time must be known before it can have been heard.
 */
export interface EstimatedWords {
  /** The sound that comes from here on speaks this text. Ends the clause before. Returns what was left of that. */
  clause(text: string): readonly Word[]
  /** The clause goes on with this text, whose sound has not come yet. */
  more(text: string): void
  /** More of the clause's sound. Returns the words that may be heard by now: of the others more is known later. */
  sound(frame: AudioFrame): readonly Word[]
  /** The clause's sound is whole: returns the words that are left, spread over what is left of its sound. */
  end(): readonly Word[]
}

/**
 * For one speech; times count from its first sample. As long as a clause's sound is not whole its words are reckoned by how
 * fast this voice speaks, which its clauses tell.
 */
export function estimatedWords(clock: Clock): EstimatedWords {
  let shareMs = USUAL_SHARE_MS
  let firstSoundAtMs: number | undefined
  let soundMs = 0
  let words: readonly SharedWord[] = []
  let told = 0
  let lastEndMs = 0
  let voicedFromMs: number | undefined
  let voicedToMs = 0

  function hear({ pcm, rateHz }: AudioFrame): void {
    const block = Math.round((BLOCK_MS / 1_000) * rateHz)
    for (let at = 0; at < pcm.length; at += block) {
      const part = pcm.subarray(at, at + block)
      if (loudnessDb(part) <= QUIET_DB) continue
      voicedFromMs ??= soundMs + (at / rateHz) * 1_000
      voicedToMs = soundMs + ((at + part.length) / rateHz) * 1_000
    }
    soundMs += (pcm.length / rateHz) * 1_000
  }

  function end(): readonly Word[] {
    const left = words.slice(told)
    const first = left[0]
    if (!first) return []
    const toMs = Math.max(lastEndMs, voicedFromMs === undefined ? soundMs : voicedToMs)
    const fromMs = Math.max(lastEndMs, told === 0 ? (voicedFromMs ?? lastEndMs) : lastEndMs)
    const last = words.at(-1)
    if (last && voicedFromMs !== undefined) {
      const measuredMs = (voicedToMs - voicedFromMs) / last.to
      if (measuredMs > SHORTEST_SHARE_MS && measuredMs < LONGEST_SHARE_MS) shareMs = measuredMs
    }
    const timed = spread(left, first.from, fromMs, toMs)
    lastEndMs = toMs
    told = words.length
    return timed
  }

  return {
    clause(text) {
      const left = end()
      words = sharedWords(text)
      told = 0
      lastEndMs = soundMs
      voicedFromMs = undefined
      return left
    },
    more(text) {
      const last = words.at(-1)
      words = [...words, ...sharedWords(text, last ? last.to + pauseAfter(last.text) : 0)]
    },
    sound(frame) {
      firstSoundAtMs ??= clock.now()
      hear(frame)
      const heardMs = Math.min(soundMs, clock.now() - firstSoundAtMs)
      const due: Word[] = []
      for (let word = words[told]; word && voicedFromMs !== undefined; word = words[told]) {
        const endMs = voicedFromMs + word.to * shareMs * CAUTION
        if (endMs > heardMs) break
        const startMs = Math.max(lastEndMs, voicedFromMs + word.from * shareMs * CAUTION)
        due.push({ text: word.text, startMs, endMs })
        lastEndMs = endMs
        told++
      }
      return due
    },
    end,
  }
}

/** The words of a text whose whole sound, without the silence around it, lasts from `fromMs` to `toMs`. */
export function spreadWords(text: string, fromMs: number, toMs: number): readonly Word[] {
  return spread(sharedWords(text), 0, fromMs, toMs)
}

/** A word and its place on a text's way, in shares of a letter's length. */
interface SharedWord {
  readonly text: string
  readonly from: number
  readonly to: number
}

function sharedWords(text: string, fromShare = 0): readonly SharedWord[] {
  const words: SharedWord[] = []
  let at = fromShare
  for (const word of withSigns(text)) {
    const from = at
    const to = from + sharesOf(word)
    words.push({ text: word, from, to })
    at = to + pauseAfter(word)
  }
  return words
}

/** Words as they are written. A sign that stands alone has no sound: it goes with the word before it, or after it. */
function withSigns(text: string): readonly string[] {
  const words: string[] = []
  let before = ''
  for (const part of text.split(/\s+/u)) {
    if (part === '') continue
    if (/[\p{L}\p{N}]/u.test(part)) {
      words.push(before + part)
      before = ''
    } else if (words.length > 0) words.push(`${words.pop()} ${part}`)
    else before += `${part} `
  }
  return words
}

function sharesOf(word: string): number {
  let shares = LEAST_SHARES
  for (const letter of word) {
    if (/\p{N}/u.test(letter)) shares += SHARES_OF_DIGIT
    else if (/\p{L}/u.test(letter)) shares += 1
  }
  return shares
}

const pauseAfter = (word: string): number =>
  /[.!?…]["')\]]*$/u.test(word) ? SHARES_OF_STOP : /[,;:–—-]["')\]]*$/u.test(word) ? SHARES_OF_COMMA : 0

function spread(words: readonly SharedWord[], fromShare: number, fromMs: number, toMs: number): readonly Word[] {
  const shares = (words.at(-1)?.to ?? 0) - fromShare
  const scale = shares > 0 ? Math.max(0, toMs - fromMs) / shares : 0
  return words.map(({ text, from, to }) => ({
    text,
    startMs: fromMs + (from - fromShare) * scale,
    endMs: fromMs + (to - fromShare) * scale,
  }))
}
