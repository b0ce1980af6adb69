import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { decodeWav, encodeWav } from '../audio/wav.ts'
import type { Speech, TextToSpeech, Word } from '../conversation/ports.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../private-files.ts'

/** Sentences whose sound is at hand whatever happens to the voice's provider. */
export interface CachedPhrases {
  /** The same voice, but a text that is kept is played from the disk's copy. */
  over(voice: TextToSpeech): TextToSpeech
  /** Renders what has no sound yet. Rejects with the provider's error, or the disk's; what was rendered stays. */
  render(voice: TextToSpeech, signal: AbortSignal): Promise<void>
  /** The phrases that have no sound yet. */
  missing(): readonly string[]
  /** Marks the files of these phrases as used at this time: see `deleteUnusedPhrases`. */
  touch(at: Date): Promise<void>
}

interface CachedPhrase {
  readonly pcm: Int16Array
  readonly rateHz: number
  readonly words: readonly Word[]
}

const wordList = z.array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number() }))
/** Played in pieces of this length, as a provider would send them. */
const PIECE_MS = 100
const ENDS = ['.json', '.wav'] as const
/** The files of a phrase, and what a crash left of one. */
const OF_PHRASE = /^[\da-f]{24}\.(?:json|wav)(?:\.part)?$/

/** Opens the phrases kept under `folder` for this voice; a file that is broken counts as missing. */
export async function openCachedPhrases(
  folder: string,
  voiceId: string,
  texts: readonly string[],
): Promise<CachedPhrases> {
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
  const kept = new Map<string, CachedPhrase>()
  const fileOf = (text: string): string =>
    join(folder, createHash('sha256').update(`${voiceId}\n${text}`).digest('hex').slice(0, 24))
  for (const text of texts) {
    const found = await readCached(fileOf(text))
    if (found) kept.set(text, found)
  }
  const missing = (): readonly string[] => texts.filter(text => !kept.has(text))

  return {
    missing,
    async touch(at) {
      // Another server may have deleted one that only it has no use for.
      for (const text of kept.keys())
        for (const end of ENDS) await utimes(`${fileOf(text)}${end}`, at, at).catch(() => undefined)
    },
    async render(voice, signal) {
      for (const text of missing()) {
        const made = await renderOne(voice, text, signal)
        kept.set(text, made)
        await writeCached(fileOf(text), made)
      }
    },
    over: voice => ({
      get by() {
        return voice.by
      },
      async *speak(text, signal, of, how) {
        const pieces = text[Symbol.asyncIterator]()
        const first = await pieces.next()
        if (first.done) return
        const found = kept.get(first.value)
        if (found) return yield* played(found)
        yield* voice.speak(prepended(first.value, pieces), signal, of, how)
      },
      keeps: (piece, of) => kept.has(piece) || (voice.keeps?.(piece, of) ?? false),
    }),
  }
}

/** Deletes the files of phrases in `folder` that nobody has used since then, such as those of a voice of before; gives how many. */
export async function deleteUnusedPhrases(folder: string, before: Date): Promise<number> {
  let deleted = 0
  for (const name of await readdir(folder)) {
    const file = join(folder, name)
    if (!OF_PHRASE.test(name) || (await stat(file)).mtime >= before) continue
    await rm(file, { force: true })
    deleted++
  }
  return deleted
}

async function* prepended(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  yield first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

function* played({ pcm, rateHz, words }: CachedPhrase): Generator<Speech> {
  yield { kind: 'words', words }
  const piece = (PIECE_MS / 1_000) * rateHz
  for (let at = 0; at < pcm.length; at += piece)
    yield { kind: 'audio', frame: { pcm: pcm.subarray(at, at + piece), rateHz } }
}

async function renderOne(voice: TextToSpeech, text: string, signal: AbortSignal): Promise<CachedPhrase> {
  const frames: Int16Array[] = []
  const words: Word[] = []
  let rateHz = 0
  async function* once(): AsyncGenerator<string> {
    yield text
  }
  for await (const speech of voice.speak(once(), signal)) {
    if (speech.kind === 'words') words.push(...speech.words)
    else {
      frames.push(speech.frame.pcm)
      rateHz = speech.frame.rateHz
    }
  }
  signal.throwIfAborted()
  if (frames.length === 0) throw new Error(`the voice made no sound of "${text}"`)
  const pcm = new Int16Array(frames.reduce((length, frame) => length + frame.length, 0))
  let at = 0
  for (const frame of frames) {
    pcm.set(frame, at)
    at += frame.length
  }
  return { pcm, rateHz, words }
}

async function readCached(file: string): Promise<CachedPhrase | undefined> {
  try {
    const wav = await readFile(`${file}.wav`)
    const { pcm, rateHz } = decodeWav(wav)
    // Its header tells its length: after a power cut the rest may be missing.
    const isWhole = pcm.length > 0 && wav.length >= 8 + wav.readUInt32LE(4)
    const words = wordList.parse(JSON.parse(await readFile(`${file}.json`, 'utf8')))
    return isWhole ? { pcm, rateHz, words } : undefined
  } catch {
    return undefined
  }
}

/** The words first and the sound last, each by rename: a file that is there is whole. */
async function writeCached(file: string, { pcm, rateHz, words }: CachedPhrase): Promise<void> {
  await writeFile(`${file}.json.part`, JSON.stringify(words), { mode: PRIVATE_FILE })
  await rename(`${file}.json.part`, `${file}.json`)
  await writeFile(`${file}.wav.part`, encodeWav({ pcm, rateHz, channels: 1 }), { mode: PRIVATE_FILE })
  await rename(`${file}.wav.part`, `${file}.wav`)
}
