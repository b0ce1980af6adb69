import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { openDatabase } from '../database/database.ts'
import { readEnvFile } from '../env-file.ts'
import { systemNetwork } from '../network.ts'
import { whereData } from '../settings/database-url.ts'
import { embeddingsWanted } from '../settings/embeddings.ts'
import { modelsFolder, whereModels } from '../settings/models-folder.ts'
import { embedPieces } from './embed-pieces.ts'
import { openEmbedder } from './embeddings/open-embedder.ts'
import { IngestError, ingestFolder } from './ingest.ts'
import { type KnowledgeStore, knowledgeIn } from './store/store.ts'

const USAGE = `Takes documents in, so that agents find things in them (docs/knowledge.md).
  npm run ingest -- FOLDER               reads .md, .html, .txt, .csv and .pdf in it, under the folder's name
  npm run ingest -- FOLDER --as NAME     under another name
  npm run ingest                         lists what was taken in
  npm run ingest -- --remove NAME        forgets what was taken in under that name
Run it again after a change: what is as it was is not read again, and what is gone goes away. Calls may go on meanwhile.`
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u

/** What the command prints, and where it reads its settings. */
export interface IngestSurroundings {
  readonly print: (line: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
}

function theirs(): IngestSurroundings {
  readEnvFile()
  return { print: line => void process.stdout.write(`${line}\n`), environment: process.env }
}

/** `partyline ingest`, with what follows it. Rejects with an Error whose message is for the person who typed it, or on abort. */
export async function ingest(args: readonly string[], signal: AbortSignal, given?: IngestSurroundings): Promise<void> {
  const { folder, as, remove, help } = readArguments(args)
  const { print, environment } = given ?? theirs()
  if (help) return print(USAGE)
  const database = await openDatabase(whereData(environment).DATABASE_URL)
  try {
    const store = await knowledgeIn(database, { adds: folder !== undefined })
    if (remove !== undefined) return await removed(store, remove, print)
    if (folder === undefined) return await listed(store, print)
    await taken(store, folder, as, { print, environment }, signal)
  } finally {
    await database.close()
  }
}

function readArguments(args: readonly string[]) {
  const options = {
    as: { type: 'string' },
    remove: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [folder, ...more] = positionals
    if (more.length > 0) throw new Error('Name one folder.')
    if (values.as !== undefined && !NAME.test(values.as)) throw new Error('--as: a name is letters, digits, . _ and -.')
    if (values.remove !== undefined && folder !== undefined) throw new Error('Give a folder or --remove, not both.')
    return { ...values, folder }
  } catch (error) {
    throw new IngestError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
}

async function removed(store: KnowledgeStore, source: string, print: IngestSurroundings['print']): Promise<void> {
  if (!(await store.removeSource(source))) {
    const names = (await store.sources()).map(one => one.source).join(', ') || 'nothing'
    throw new IngestError(`There is no "${source}". What was taken in: ${names}.`)
  }
  print(`"${source}" is forgotten.`)
}

async function listed(store: KnowledgeStore, print: IngestSurroundings['print']): Promise<void> {
  const sources = await store.sources()
  if (sources.length === 0) print(`Nothing was taken in yet.\n${USAGE}`)
  for (const { source, folder, readAt, files, pieces } of sources)
    print(`${source}: ${counted(files, 'file')} in ${counted(pieces, 'piece')}, from ${folder}, read at ${readAt}`)
}

async function taken(
  store: KnowledgeStore,
  folder: string,
  as: string | undefined,
  { print, environment }: IngestSurroundings,
  signal: AbortSignal,
): Promise<void> {
  const source = as ?? basename(resolve(folder))
  if (!NAME.test(source)) throw new IngestError(`"${source}" is no name for documents: give one with --as NAME.`)
  // Whether its settings are right is known before anything is read.
  const opened = await openEmbedder(
    {
      ...{ wanted: embeddingsWanted(environment), modelsDir: modelsFolder(whereModels(environment)) },
      ...{ network: systemNetwork, clock: systemClock, log: { warn: (_, message) => print(message) } },
    },
    signal,
  )
  try {
    const parts = { store, clock: systemClock, replaces: as !== undefined }
    const { read, unchanged, removed, pieces, problems } = await ingestFolder(folder, source, parts, signal)
    for (const problem of problems) print(`  ${problem}`)
    print(
      `${source}: ${counted(read, 'file')} read, ${unchanged} unchanged, ${removed} gone; ${counted(pieces, 'piece')}.`,
    )
    if (!opened.embedder) return print(sentence(opened.why))
    if (store.noVectors !== undefined) return print(sentence(store.noVectors))
    const { made, replaced } = await embedPieces(store, opened.embedder, teller(print), signal)
    if (replaced.length > 0)
      print(`Vectors of ${replaced.join(', ')} were made anew: those of two models cannot be compared.`)
    print(`${counted(made, 'vector')} made by ${opened.embedder.where}.`)
  } finally {
    await opened.embedder?.close()
  }
}

const STEP = 500

function teller(print: IngestSurroundings['print']): (done: number, of: number) => void {
  let told = 0
  return (done, of) => {
    if (done - told < STEP) return
    told = done
    print(`  ${done} of ${of} vectors …`)
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
