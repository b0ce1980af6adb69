import { decodeWav } from '../audio/wav.ts'
import type { Spoken } from './flite.ts'
import { openFliteProgram } from './flite-program.ts'
import { type Phone, wordTimes } from './word-times.ts'

/** The voice that counts phones: all voices share one lexicon, and this one is the quickest. */
const COUNTING_VOICE = 'kal'
const MS_PER_S = 1000

type Run = ReturnType<typeof openFliteProgram>

/** Speaks a text with one of FLITE_VOICES. Throws an Error when flite cannot. */
export type Speak = (text: string, voice: string) => Spoken

/**
 * Opens flite within this thread, which it keeps busy for some 100 ms a sentence. What it has spoken is kept in `keptIn`, if
 * that is given: it must then be nobody's secret.
 */
export function openSpeech(keptIn?: string): Speak {
  const run = openFliteProgram(keptIn)
  return (text, voice) => speak(run, text, voice)
}

function speak(run: Run, text: string, voice: string): Spoken {
  const { wav, printed } = run(['-t', plain(text), '-voice', voice, '-psdur'])
  const { pcm, rateHz } = decodeWav(wav)
  const lengthMs = (pcm.length * MS_PER_S) / rateHz
  const words = text.split(/\s+/).filter(word => word !== '')
  const inside = phonesIn(printed).map(({ name, endMs }) => ({ name, endMs: Math.min(endMs, lengthMs) }))
  return { pcm, rateHz, words: wordTimes(words, phoneCounts(run, words), inside) }
}

/** How many phones each word has when it stands alone. */
function phoneCounts(run: Run, words: readonly string[]): readonly number[] {
  const bare = words.map(word => plain(word).replace(/[^\p{L}\p{N}]+$/u, ''))
  const voiced = bare.filter(word => /[\p{L}\p{N}]/u.test(word))
  if (voiced.length === 0) return bare.map(() => 0)
  // The comma after each word makes a pause, by which the words are told apart.
  const { printed } = run(['-t', voiced.map(word => `${word},`).join(' '), '-voice', COUNTING_VOICE, '-psdur'])
  const groups = phonesIn(printed)
    .map(({ name }) => name)
    .join(' ')
    .split(/\s*\bpau\b\s*/)
    .filter(group => group !== '')
  const counts = voiced.map((word, i) =>
    groups.length === voiced.length ? (groups[i]?.split(' ').length ?? word.length) : word.length,
  )
  return bare.map(word => (/[\p{L}\p{N}]/u.test(word) ? (counts.shift() ?? 0) : 0))
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
