import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../src/clock.ts'
import { openDatabase } from '../../../src/database/database.ts'
import { embedPieces } from '../../../src/knowledge/embed-pieces.ts'
import type { Embedder } from '../../../src/knowledge/embeddings/embedder.ts'
import { openEmbedder } from '../../../src/knowledge/embeddings/open-embedder.ts'
import { knowledgeForCall } from '../../../src/knowledge/for-call.ts'
import { ingestFolder } from '../../../src/knowledge/ingest.ts'
import { type KnowledgeSearch, knowledgeSearch } from '../../../src/knowledge/search.ts'
import { pgvector } from '../../../src/knowledge/store/pgvector.ts'
import { type KeptPiece, type KnowledgeStore, knowledgeIn } from '../../../src/knowledge/store/store.ts'
import { modelKey, type Vectors } from '../../../src/knowledge/store/vectors.ts'
import { vectorsInThread } from '../../../src/knowledge/store/vectors-in-thread.ts'
import { systemNetwork } from '../../../src/network.ts'
import { embeddingsWanted } from '../../../src/settings/embeddings.ts'
import { modelsFolder, whereModels } from '../../../src/settings/models-folder.ts'
import { ELSEWHERE, QUESTIONS, type Question } from './questions.ts'

// npm run bench:knowledge [-- --full] [--database URL]: how often a question over docs/ finds the piece that answers it, and what looking costs.
const DOCS = new URL('../../../docs', import.meta.url).pathname
const FULL = 19_000
const PIECES_A_FILE = 500
const { signal } = new AbortController()
const print = (line: string): void => void process.stdout.write(`${line}\n`)

interface Way {
  readonly name: string
  find(text: string, most: number): Promise<readonly KeptPiece[]>
}

const answers = ({ path, has }: Question, pieces: readonly KeptPiece[]): boolean =>
  pieces.some(piece => piece.path === path && piece.text.includes(has))
const share = (count: number, of: number): string => `${Math.round((100 * count) / of)} % (${count} of ${of})`
const at = (sorted: readonly number[], part: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)
function spread(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other)
  return `${at(sorted, 0.5)} ms at the median, ${at(sorted, 0.95)} at the 95th percentile, ${at(sorted, 1)} at most`
}

async function timed<T>(times: number[], work: () => Promise<T> | T): Promise<T> {
  const begun = performance.now()
  const done = await work()
  times.push(performance.now() - begun)
  return done
}

async function recall({ name, find }: Way): Promise<void> {
  let [first, three, found] = [0, 0, 0]
  const times: number[] = []
  for (const question of QUESTIONS) {
    const pieces = await timed(times, () => find(question.ask, 3))
    if (answers(question, pieces.slice(0, 1))) first++
    if (answers(question, pieces)) three++
  }
  for (const ask of ELSEWHERE) if ((await find(ask, 3)).length > 0) found++
  const elsewhere = `${found} of ${ELSEWHERE.length} questions about other things find something`
  print(
    `${name}: recall@1 ${share(first, QUESTIONS.length)}, recall@3 ${share(three, QUESTIONS.length)}; ${elsewhere}; ${spread(times)}`,
  )
}

const by = (name: string, search: KnowledgeSearch, sure = false): Way => ({
  name,
  find: async (text, most) => (await search.find({ text, most, sure }, signal)).pieces,
})

/** Without the bound below which nothing counts as found. */
const byMeaningAlone = (store: KnowledgeStore, embedder: Embedder, vectors: Vectors): Way => ({
  name: 'meanings alone',
  async find(text, most) {
    const [vector] = await embedder.embed([text], signal)
    const near = vector && (await vectors.nearest(modelKey(embedder.name, vector), vector, undefined, most, signal))
    return store.pieces(near?.pieces.map(({ piece }) => piece) ?? [])
  },
})

/** What an agent that looks things up while the caller speaks adds to each line of a call, and to each request of a model. */
async function added(search: KnowledgeSearch): Promise<void> {
  const [onWords, onRequest, until]: number[][] = [[], [], []]
  const begun = process.cpuUsage()
  let searches = 0
  for (const { ask } of QUESTIONS) {
    const given = Promise.withResolvers<void>()
    const waiting: KnowledgeSearch = {
      ...search,
      find(...of) {
        searches++
        return search.find(...of).finally(() => setImmediate(given.resolve))
      },
      close: async () => undefined,
    }
    const call = knowledgeForCall({
      ...{ search: waiting, clock: systemClock, agent: 'a', before: [], note: () => undefined },
      agents: new Map([['a', { sources: undefined, early: true }]]),
      tools: { specs: [], run: async () => ({ kind: 'done', text: '' }) },
    })
    const words = ask.split(' ')
    for (const [i] of words.entries()) {
      const text = words.slice(0, i + 1).join(' ')
      const input = { kind: 'words', text, final: i === words.length - 1, ended: false, atMs: i } as const
      await timed(onWords ?? [], () => call.read({ v: 2, seq: i, atMs: i, input }))
    }
    await timed(until ?? [], () => given.promise)
    await timed(onRequest ?? [], () => void call.context())
    call.over()
  }
  print(`  each time the caller's words change: ${spread(onWords ?? [])}`)
  print(`  each request of a model, which waits for no search: ${spread(onRequest ?? [])}`)
  const { user, system } = process.cpuUsage(begun)
  print(`  a search takes ${((user + system) / 1_000 / searches).toFixed(1)} ms of a core (${searches} searches)`)
  print(`  the search behind it is over after ${spread(until ?? [])}`)
}

/** Pieces of made-up words, as frequent as words are, beside the real ones. */
async function fill(store: KnowledgeStore): Promise<void> {
  let seed = 1
  const next = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const word = (): string => {
    const rank = Math.floor(20_000 ** next())
    return QUESTIONS[rank % QUESTIONS.length]?.ask.split(' ').at(rank % 7) ?? `word${rank}`
  }
  for (let file = 0; file * PIECES_A_FILE < FULL; file++) {
    const pieces = Array.from({ length: PIECES_A_FILE }, (_, i) => ({
      titles: [`File ${file}`, `${word()} ${word()}`],
      text: `${i} ${Array.from({ length: 150 }, () => `${word()}${next() < 0.7 ? Math.floor(20_000 ** next()) : ''}`).join(' ')}`,
    }))
    await store.keepFile('made', `${file}.md`, { hash: `${file}`, language: 'en', pieces })
  }
}

const folder = await mkdtemp(join(tmpdir(), 'partyline-bench-'))
// The documents of the database are replaced.
const given = process.argv.indexOf('--database')
const url = given < 0 ? undefined : process.argv[given + 1]
const database = await openDatabase(url ?? `sqlite:${join(folder, 'bench.sqlite')}`)
const store = await knowledgeIn(database, { adds: true })
const log = { warn: (about: object, message: string): void => print(`${message} ${JSON.stringify(about)}`) }
const { env } = process
const opened = await openEmbedder(
  {
    wanted: embeddingsWanted(env),
    modelsDir: modelsFolder(whereModels(env)),
    network: systemNetwork,
    clock: systemClock,
    log,
  },
  signal,
)
try {
  const done = await ingestFolder(DOCS, 'docs', { store, clock: systemClock, replaces: true }, signal)
  print(`docs/: ${done.read} files in ${done.pieces} pieces, ${QUESTIONS.length} questions`)
  const words = knowledgeSearch({ store, embedder: undefined, vectors: undefined, log })
  await recall(by('words alone', words))
  await recall(by('words alone, only what is sure', words, true))
  if (store.noVectors !== undefined) print(store.noVectors)
  else if (opened.embedder) {
    await embedPieces(store, opened.embedder, () => undefined, signal)
    const vectors = store.kind === 'sqlite' ? vectorsInThread(store) : pgvector(store)
    const both = knowledgeSearch({ store, embedder: opened.embedder, vectors, log })
    await both.find({ text: 'warming', most: 1, sure: true }, signal)
    print(`meanings by ${opened.embedder.where}`)
    await recall(byMeaningAlone(store, opened.embedder, vectors))
    await recall(by('words and meanings', both))
    await recall(by('words and meanings, only what is sure', both, true))
    await both.close()
  } else print(opened.why)
  print('What looking while the caller speaks adds, by words alone')
  await added(words)
  if (process.argv.includes('--full')) {
    await fill(store)
    print(`The same beside ${await store.pieceCount()} pieces`)
    await added(words)
  }
} finally {
  await opened.embedder?.close()
  await database.close()
  await rm(folder, { recursive: true })
}
