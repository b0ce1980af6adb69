import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { openDatabase } from '../../src/database/database.ts'
import { type Embedder, normalized } from '../../src/knowledge/embeddings/embedder.ts'
import { ingestFolder } from '../../src/knowledge/ingest.ts'
import { knowledgeSearch } from '../../src/knowledge/search.ts'
import { pgvector } from '../../src/knowledge/store/pgvector.ts'
import { type KnowledgeStore, knowledgeIn } from '../../src/knowledge/store/store.ts'
import type { Vectors } from '../../src/knowledge/store/vectors.ts'
import { vectorsInThread } from '../../src/knowledge/store/vectors-in-thread.ts'

export const { signal: NEVER } = new AbortController()

/** A folder with these files, which is deleted when the test has finished. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-documents-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeInto(folder, files)
  return folder
}

export async function writeInto(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
}

/** As a server compares them. */
export const vectorsOf = (store: KnowledgeStore): Vectors =>
  store.kind === 'sqlite' ? vectorsInThread(store) : pgvector(store)

/** An empty store, and searches in it. */
export async function openKnowledgeStore(url: string, embedder?: Embedder) {
  const database = await openDatabase(url)
  const store = await knowledgeIn(database, { adds: true })
  const warnings: string[] = []
  const search = knowledgeSearch({
    ...{ store, embedder },
    vectors: embedder && store.noVectors === undefined ? vectorsOf(store) : undefined,
    log: { warn: (about, message) => void warnings.push(`${message}: ${JSON.stringify(about)}`) },
  })
  onTestFinished(async () => {
    await search.close()
    await database.close()
  })
  return {
    ...{ database, store, search, warnings },
    read: (folder: string, source = 'docs', replaces = false) =>
      ingestFolder(folder, source, { store, clock: systemClock, replaces }, NEVER),
    /** "path: text" of what is found, the best first. */
    async found(text: string, options: { sources?: readonly string[]; most?: number; sure?: boolean } = {}) {
      const { pieces } = await search.find({ text, most: 4, sure: false, ...options }, NEVER)
      return pieces.map(({ path, text: words }) => `${path}: ${words}`)
    },
  }
}

/** Knows some words by what they mean, and nothing of all others. */
const MEANINGS = [
  ['price', 'cost', 'expensive', 'money', 'pay'],
  ['dog', 'pet', 'animal'],
  ['open', 'hours', 'closed', 'time'],
  ['pizza', 'food', 'eat', 'hungry'],
]

export function fakeEmbedder({ name = 'fake/one', length = 8 } = {}): Embedder & { asked: string[] } {
  const asked: string[] = []
  return {
    ...{ name, where: name, most: 4, asked },
    async embed(texts) {
      asked.push(...texts)
      return texts.map(text => {
        const vector = new Float32Array(length)
        for (const [i, words] of MEANINGS.entries())
          if (words.some(word => text.toLowerCase().includes(word))) vector[i] = 1
        vector[length - 1] = 0.2
        return normalized(vector)
      })
    },
    close: async () => undefined,
  }
}
