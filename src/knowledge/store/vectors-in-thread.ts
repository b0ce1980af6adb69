import { jobThread } from '../../jobs/job-thread.ts'
import type { KnowledgeStore } from './store.ts'
import type { VectorAnswer, VectorJob } from './vector-worker.ts'
import type { Vectors } from './vectors.ts'

/** Questions of all calls at once. One takes some milliseconds at 20,000 pieces. */
const MOST_WAITING = 200
/** So many are read at once: the loop that sends calls' sound waits 2 ms for them. */
const ROWS_A_READ = 250

/**
 * Keeps the vectors in the memory of a thread, which compares all of them with a question. sqlite-vec compares all of them,
 * too, but in the thread of the server, where every call would wait for it. What was changed is read again behind the next
 * question, which is answered by what was there before.
 */
export function vectorsInThread(store: KnowledgeStore): Vectors {
  const thread = jobThread<VectorJob, VectorAnswer>({
    file: new URL('./vector-worker.ts', import.meta.url),
    name: 'the search by meaning',
    mostWaiting: MOST_WAITING,
  })
  const closing = new AbortController()
  let has: { readonly model: string; readonly changes: number; readonly count: number } | undefined
  let reading: Promise<void> | undefined

  const ask = (
    job: VectorJob extends infer J ? (J extends unknown ? Omit<J, 'id'> : never) : never,
    signal: AbortSignal,
  ) => thread.ask(job as Omit<VectorJob, 'id'>, [], signal)

  async function read(model: string, changes: number, length: number): Promise<void> {
    const { signal } = closing
    const count = await countOf(store, model)
    await ask({ kind: 'begin', length, count }, signal)
    for (let after = 0; ; ) {
      const some = await nextRows(store, model, after)
      if (some.length === 0) break
      const vectors = new Float32Array(some.length * length)
      for (const [i, { vector }] of some.entries()) vectors.set(floatsOf(vector).subarray(0, length), i * length)
      const [pieces, sources] = [some.map(({ piece }) => piece), some.map(({ source }) => source)]
      await ask({ kind: 'add', pieces, sources, vectors }, signal)
      after = some.at(-1)?.piece ?? after
    }
    await ask({ kind: 'end' }, signal)
    has = { model, changes, count }
  }

  async function readAnew(model: string, length: number): Promise<void> {
    const changes = await store.changes()
    if (has?.model === model && has.changes === changes) return
    reading ??= read(model, changes, length).finally(() => {
      reading = undefined
    })
    // Who has nothing yet waits for it.
    if (has?.model !== model || has.count === 0) return reading
    // The next question tries again.
    reading.catch(() => undefined)
  }

  return {
    async nearest(model, vector, sources, most, signal) {
      await readAnew(model, vector.length)
      signal.throwIfAborted()
      if (!has || has.count === 0) return undefined
      const { pieces } = await ask({ kind: 'find', vector, sources, most }, signal)
      return pieces.length === 0 ? undefined : { pieces }
    },
    async close() {
      closing.abort(new Error('the search is closed'))
      await reading?.catch(() => undefined)
      await thread.close()
    },
  }
}

async function countOf({ db }: KnowledgeStore, model: string): Promise<number> {
  const row = await db
    .selectFrom('knowledge_vectors')
    .select(({ fn }) => fn.countAll().as('all'))
    .where('model', '=', model)
    .executeTakeFirst()
  return Number(row?.all ?? 0)
}

const nextRows = ({ db }: KnowledgeStore, model: string, after: number) =>
  db
    .selectFrom('knowledge_vectors')
    .innerJoin('knowledge_pieces', 'knowledge_pieces.id', 'knowledge_vectors.piece')
    .select(['piece', 'source', 'vector'])
    .where('model', '=', model)
    .where('piece', '>', after)
    .orderBy('piece')
    .limit(ROWS_A_READ)
    .execute()

/** A blob of the database may begin anywhere in its memory. */
const floatsOf = (blob: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(blob).buffer)
export const blobOf = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
