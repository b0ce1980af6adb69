import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { hashWord } from '../features.ts'
import { normalise } from '../normalise.ts'

/** One whole turn that somebody wrote or said. */
export interface CorpusTurn {
  readonly corpus: string
  /** Empty where nothing was asked. */
  readonly asked: string
  /** The original text, with case and punctuation. */
  readonly said: string
  /** The normalised words with single spaces. */
  readonly plain: string
  readonly part: Part
}

/** What a turn is used for: training, the choice of thresholds, or testing. */
export type Part = 'training' | 'development' | 'held out'

const Line = z.object({ asked: z.string(), said: z.string() })
const FILES = { commands: 'assistant-commands.txt', ordering: 'ordering-turns.jsonl' }
export const CORPORA = Object.keys(FILES)
/** Its licence asks for the same licence for what is made of it, so nothing is trained on it: it only measures. */
export const UNSEEN = 'service'
const UNSEEN_FILE = 'service-turns.jsonl'
/** A text that occurs this often says little about its source, so its rows are assigned one by one. */
const COMMON = 5

function turnsIn(text: string, file: string): readonly { readonly asked: string; readonly said: string }[] {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  if (!file.endsWith('.jsonl')) return lines.map(said => ({ asked: '', said }))
  return lines.map((line, index) => {
    const parsed = Line.safeParse(JSON.parse(line))
    if (!parsed.success) throw new Error(`${file}:${index + 1}: expected {"asked": text, "said": text}`)
    return parsed.data
  })
}

function partOf(key: string): Part {
  const tenth = hashWord(key) % 10
  return tenth === 0 ? 'held out' : tenth === 1 ? 'development' : 'training'
}

async function read(folder: string, corpus: string, file: string): Promise<readonly Omit<CorpusTurn, 'part'>[]> {
  const text = await readFile(join(folder, file), 'utf8').catch((cause: unknown) => {
    throw new Error(`${folder}: no ${file} there; --data is the folder of the corpora`, { cause })
  })
  const turns = turnsIn(text, file).map(turn => ({ corpus, ...turn, plain: normalise(turn.said).join(' ') }))
  return turns.filter(turn => turn.plain !== '')
}

/** Assigns each turn to a part, so that the same words are never in two parts unless they are that common. */
function inParts(turns: readonly Omit<CorpusTurn, 'part'>[]): readonly CorpusTurn[] {
  const seen = new Map<string, number>()
  for (const { plain } of turns) seen.set(plain, (seen.get(plain) ?? 0) + 1)
  return turns.map((turn, row) => ({
    ...turn,
    part: partOf((seen.get(turn.plain) ?? 0) >= COMMON ? `${turn.plain} ${row}` : turn.plain),
  }))
}

/** Reads the corpora in `folder` that the model is trained on. Throws an Error that names a missing file. */
export const readCorpora = async (folder: string): Promise<readonly CorpusTurn[]> =>
  inParts((await Promise.all(Object.entries(FILES).map(([corpus, file]) => read(folder, corpus, file)))).flat())

/** Reads the corpus that nothing is trained on. Throws an Error that names a missing file. */
export const readUnseen = async (folder: string): Promise<readonly CorpusTurn[]> =>
  inParts(await read(folder, UNSEEN, UNSEEN_FILE))
