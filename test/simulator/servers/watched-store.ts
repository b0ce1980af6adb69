import { DatabaseSync } from 'node:sqlite'
import type { Store } from '../../../src/journal/store.ts'
import type { Chance } from '../chance.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

/** The shared database as nobody's server sees it. */
export class StoreWitness {
  readonly #file: string
  #reader: DatabaseSync | undefined
  /** What an earlier stream wrote although a later one had its pass. */
  readonly late: string[] = []
  /** When each stream's pass was in the store, by the clock, and which server took it. */
  readonly passes = new Map<number, { readonly atMs: number; readonly server: string }>()

  constructor(file: string) {
    this.#file = file
  }

  #select(sql: string, ...values: readonly (string | number)[]) {
    this.#reader ??= new DatabaseSync(this.#file, { readOnly: true })
    return this.#reader.prepare(sql).all(...values)
  }

  textAt(callId: string, firstSeq: number): string {
    return String(
      this.#select('select text from commits where call_id = ? and first_seq = ?', callId, firstSeq)[0]?.text ?? '',
    )
  }

  streamsOf(callId: string): number {
    return Number(this.#select('select streams from calls where call_id = ?', callId)[0]?.streams ?? 0)
  }

  linesOf(callId: string): readonly string[] {
    return this.#select('select text from commits where call_id = ? order by first_seq', callId).flatMap(({ text }) =>
      String(text)
        .split('\n')
        .filter(line => line !== ''),
    )
  }

  close(): void {
    this.#reader?.close()
  }
}

/** A server's way to the store: it takes time, and it is watched that no earlier stream writes after a later one began. */
export function watchedStore(
  store: Store,
  witness: StoreWitness,
  clock: SimulatedClock,
  chance: Chance,
  storeMs: number,
  server: string,
): Store {
  const signal = new AbortController().signal
  const way = async (): Promise<void> => clock.sleep(chance.tailed(storeMs, 10 * storeMs), signal)
  async function there<T>(work: () => Promise<T>): Promise<T> {
    await way()
    const answer = await work()
    await way()
    return answer
  }
  return {
    takePass: (callId, attempt, at) =>
      there(async () => {
        const isFirst = await store.takePass(callId, attempt, at)
        if (isFirst) witness.passes.set(attempt, { atMs: clock.now(), server })
        return isFirst
      }),
    tookPass: (callId, attempt) => there(() => store.tookPass(callId, attempt)),
    keepNext: (callId, next, attempt) => there(() => store.keepNext(callId, next, attempt)),
    factsOf: callId => there(() => store.factsOf(callId)),
    broke: (callId, at) => there(() => store.broke(callId, at)),
    linesOf: callId => there(() => store.linesOf(callId)),
    commit: (callId, attempt, firstSeq, text, by) =>
      there(async () => {
        const before = witness.textAt(callId, firstSeq)
        const isFenced = witness.streamsOf(callId) > attempt
        await store.commit(callId, attempt, firstSeq, text, by)
        const after = witness.textAt(callId, firstSeq)
        if (isFenced && after !== before && after === text)
          witness.late.push(`stream ${attempt} committed from line ${firstSeq} on after a later one had begun`)
      }),
    forget: store.forget,
    deleteCalls: store.deleteCalls,
  }
}
