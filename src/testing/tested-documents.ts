import { basename, resolve } from 'node:path'
import { systemClock } from '../clock.ts'
import type { CallJournal, Line } from '../conversation/lines.ts'
import type { ToolSet } from '../conversation/ports.ts'
import { openDatabase } from '../database/database.ts'
import { type CallKnowledge, type KnowledgeOfAgent, knowledgeForCall } from '../knowledge/for-call.ts'
import { ingestFolder } from '../knowledge/ingest.ts'
import { type KnowledgeSearch, knowledgeSearch } from '../knowledge/search.ts'
import { knowledgeIn } from '../knowledge/store/store.ts'
import type { CallTime } from './call-time.ts'

/** The documents of a test. */
export interface TestedDocuments {
  /** What a call has of them, with the journal that it follows. */
  ofCall(call: { readonly agent: string; readonly tools: ToolSet; readonly journal: CallJournal }): CallKnowledge & {
    readonly journal: CallJournal
  }
  close(): Promise<void>
}

const LONGEST_MS = 5_000

/** The documents of a folder under its name, for one call, found by their words. Throws an Error where one cannot be read. */
export async function testedDocuments(
  folder: string,
  agents: ReadonlyMap<string, KnowledgeOfAgent>,
  time: CallTime,
  signal: AbortSignal,
): Promise<TestedDocuments> {
  if (agents.size === 0) throw new Error('documents: no agent of this call has `knowledge`')
  const database = await openDatabase('sqlite::memory:')
  try {
    const store = await knowledgeIn(database)
    const source = basename(resolve(folder))
    const { problems } = await ingestFolder(folder, source, { store, clock: systemClock, replaces: false }, signal)
    if (problems.length > 0) throw new Error(`documents: ${problems.join('\n')}`)
    const log = { warn: () => undefined }
    const real = knowledgeSearch({ store, embedder: undefined, vectors: undefined, log })
    // The database is real, so the call's time stands still for it.
    const search: KnowledgeSearch = { ...real, find: (...asked) => time.during(real.find(...asked), LONGEST_MS) }
    return {
      ofCall({ journal, ...call }) {
        const note = (noted: Extract<Line, { noted: unknown }>['noted']): void => journal.append({ noted })
        const knowledge = knowledgeForCall({ ...call, agents, search, clock: time.clock, before: [], note })
        let seq = 0
        const followed: CallJournal = {
          commit: until => journal.commit(until),
          append(line) {
            journal.append(line)
            knowledge.read({ ...line, v: 2, seq: ++seq, atMs: 0 })
          },
        }
        return { ...knowledge, journal: followed }
      },
      close: database.close,
    }
  } catch (error) {
    await database.close()
    throw error
  }
}
