import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import { decodeWav } from '../audio/wav.ts'
import type { FliteAnswer, FliteJob, Spoken } from './flite.ts'
import { openFliteProgram } from './flite-program.ts'
import { type Phone, wordTimes } from './word-times.ts'

/** The voice that counts phones: all voices share one lexicon, and this one is the quickest. */
const COUNTING_VOICE = 'kal'
const MS_PER_S = 1000

/** Beside what other tools keep there; `npm ci` empties it. */
const KEPT_IN = fileURLToPath(new URL('../../node_modules/.cache/flite', import.meta.url))

const run = openFliteProgram(KEPT_IN)

parentPort?.on('message', (job: FliteJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, text, voice }: FliteJob): FliteAnswer {
  try {
    return { id, spoken: speak(text, voice) }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

function speak(text: string, voice: string): Spoken {
  const { wav, printed } = run(['-t', plain(text), '-voice', voice, '-psdur'])
  const { pcm, rateHz } = decodeWav(wav)
  const lengthMs = (pcm.length * MS_PER_S) / rateHz
  const words = text.split(/\s+/).filter(word => word !== '')
  const inside = phonesIn(printed).map(({ name, endMs }) => ({ name, endMs: Math.min(endMs, lengthMs) }))
  return { pcm, rateHz, words: wordTimes(words, phoneCounts(words), inside) }
}

/** How many phones each word has when it stands alone. */
function phoneCounts(words: readonly string[]): readonly number[] {
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
