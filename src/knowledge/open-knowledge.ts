import type { Clock } from '../conversation/ports.ts'
import type { Database } from '../database/database.ts'
import type { Network } from '../network.ts'
import { embeddingsWanted } from '../settings/embeddings.ts'
import { openEmbedder } from './embeddings/open-embedder.ts'
import { type CallKnowledge, type ForCallParts, type KnowledgeOfAgent, knowledgeForCall } from './for-call.ts'
import { knowledgeSearch } from './search.ts'
import { pgvector } from './store/pgvector.ts'
import { type KnowledgeStore, knowledgeIn } from './store/store.ts'
import { vectorsInThread } from './store/vectors-in-thread.ts'

/** The documents of a server, for all its calls. */
export interface Knowledge {
  ofCall(call: Omit<ForCallParts, 'search' | 'clock' | 'agents'>): CallKnowledge
  close(): Promise<void>
}

export interface OpenKnowledgeParts {
  readonly agents: ReadonlyMap<string, KnowledgeOfAgent>
  readonly database: Database
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder of this machine's models. */
  readonly modelsDir: string
  readonly network: Network
  readonly clock: Clock
  readonly log: { info(message: string): void; warn(about: object, message: string): void }
}

/**
 * Opens the documents where an agent has any; undefined where none does. Says in a line each how they are found, and which
 * documents are wanted that were never taken in. Rejects with an Error where the settings of the embeddings are wrong.
 */
export async function openKnowledge(parts: OpenKnowledgeParts, signal: AbortSignal): Promise<Knowledge | undefined> {
  const { agents, database, environment, log, clock } = parts
  const store = await knowledgeIn(database)
  if (agents.size === 0) return undefined
  const opened = await openEmbedder({ ...parts, wanted: embeddingsWanted(environment) }, signal)
  await sayWhatIsMissing(store, agents, log)
  const { embedder } = opened
  if (!embedder) log.info(opened.why)
  else if (store.noVectors !== undefined) log.info(store.noVectors)
  const vectors =
    embedder && store.noVectors === undefined
      ? store.kind === 'sqlite'
        ? vectorsInThread(store)
        : pgvector(store)
      : undefined
  const search = knowledgeSearch({ store, embedder, vectors, log })
  const closing = new AbortController()
  // So that the first caller does not wait for what is loaded.
  const warmed = vectors && search.find(WARMING, closing.signal).catch(() => undefined)
  return {
    ofCall: call => knowledgeForCall({ ...call, agents, search, clock }),
    async close() {
      closing.abort(new Error('the server is closing'))
      await warmed
      await search.close()
      await embedder?.close()
    },
  }
}

const WARMING = { text: 'opening hours', most: 1, sure: true }

async function sayWhatIsMissing(
  store: KnowledgeStore,
  agents: OpenKnowledgeParts['agents'],
  log: OpenKnowledgeParts['log'],
): Promise<void> {
  const known = (await store.sources()).map(({ source }) => source)
  for (const [agent, { sources }] of agents) {
    const missing = sources?.filter(source => !known.includes(source)) ?? (known.length === 0 ? ['any'] : [])
    if (missing.length > 0)
      log.warn({ agent, missing }, 'documents that an agent knows things from were not taken in: npm run ingest does')
  }
}
