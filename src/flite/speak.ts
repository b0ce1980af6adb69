import { decodeWav } from '../audio/wav.ts'
import type { Spoken } from './flite.ts'
import { openFliteProgram } from './flite-program.ts'
import { type Phone, wordTimes } from './word-times.ts'

/** The voice that counts phones: all voices share one lexicon, and this one is the quickest. */
const COUNTING_VOICE = 'kal'
const MS_PER_S = 1000

type Run = ReturnType<typeof openFliteProgram>

/** How many phones each of these words has when it stands alone. */
type CountPhones = (words: readonly string[]) => readonly number[]

/** Speaks a text with one of FLITE_VOICES. Throws an Error when flite cannot. */
export type Speak = (text: string, voice: string, speed?: number) => Spoken

const MOST_WORDS = 5_000

/**
 * Opens flite within this thread, which it keeps busy for some 100 ms a sentence. What it has spoken is kept in `keptIn`, if
 * that is given: it must then be nobody's secret. Without it words that were counted are remembered, for a third of the time
 * goes there.
 */
export function openSpeech(keptIn?: string): Speak {
  const run = openFliteProgram(keptIn)
  const count: CountPhones = words => phonesOfWords(run, words)
  const counting = keptIn === undefined ? remembered(count) : count
  return (text, voice, speed = 1) => {
    const stretched = speed === 1 ? [] : ['--setf', `duration_stretch=${(1 / speed).toFixed(3)}`]
    const { wav, printed } = run(['-t', plain(text), '-voice', voice, ...stretched, '-psdur'])
    const { pcm, rateHz } = decodeWav(wav)
    const lengthMs = (pcm.length * MS_PER_S) / rateHz
    const words = text.split(/\s+/).filter(word => word !== '')
    const inside = phonesIn(printed).map(({ name, endMs }) => ({ name, endMs: Math.min(endMs, lengthMs) }))
    return { pcm, rateHz, words: wordTimes(words, phoneCounts(counting, words), inside) }
  }
}

function remembered(count: CountPhones): CountPhones {
  const known = new Map<string, number>()
  return words => {
    const fresh = [...new Set(words)].filter(word => !known.has(word))
    const counts = fresh.length > 0 ? count(fresh) : []
    for (const [i, word] of fresh.entries()) known.set(word, counts[i] ?? word.length)
    const asked = words.map(word => known.get(word) ?? word.length)
    if (known.size > MOST_WORDS) known.clear()
    return asked
  }
}

/** Signs that stand alone have no phones. */
function phoneCounts(count: CountPhones, words: readonly string[]): readonly number[] {
  const bare = words.map(word => plain(word).replace(/[^\p{L}\p{N}]+$/u, ''))
  const isVoiced = (word: string): boolean => /[\p{L}\p{N}]/u.test(word)
  const voiced = bare.filter(isVoiced)
  const counts = voiced.length === 0 ? [] : [...count(voiced)]
  return bare.map(word => (isVoiced(word) ? (counts.shift() ?? 0) : 0))
}

function phonesOfWords(run: Run, words: readonly string[]): readonly number[] {
  // The comma after each word makes a pause, by which the words are told apart.
  const { printed } = run(['-t', words.map(word => `${word},`).join(' '), '-voice', COUNTING_VOICE, '-psdur'])
  const groups = phonesIn(printed)
    .map(({ name }) => name)
    .join(' ')
    .split(/\s*\bpau\b\s*/)
    .filter(group => group !== '')
  return words.map((word, i) =>
    groups.length === words.length ? (groups[i]?.split(' ').length ?? word.length) : word.length,
  )
}

function phonesIn(printed: string): readonly Phone[] {
  return (printed.match(/\S+:[\d.]+/g) ?? []).map(phone => {
    const [name = '', seconds] = phone.split(':')
    return { name, endMs: Number(seconds) * MS_PER_S }
  })
}

/** Only ASCII is known to flite; the typographer's signs have their likes there. */
function plain(text: string): string {
  return text
    .replace(/[‘’]/g, "'")
    .replace(/[“”„]/g, '"')
    .replace(/…/g, '...')
    .replace(/\s*[–—]\s*/g, ', ')
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, character => (/\s/.test(character) ? ' ' : ''))
}
