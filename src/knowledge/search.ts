import type { Embedder } from './embeddings/embedder.ts'
import type { Asked } from './store/full-text.ts'
import type { KeptPiece, KnowledgeStore } from './store/store.ts'
import { modelKey, type Near, type Vectors } from './store/vectors.ts'
import { unrelatedLikeness } from './unrelated.ts'
import { askedIn } from './words/stems.ts'

export interface Found {
  readonly pieces: readonly KeptPiece[]
  /** Whether meanings were compared, too. */
  readonly byMeaning: boolean
}

export interface SearchQuestion {
  readonly text: string
  /** Names of sources; undefined is all of them. */
  readonly sources?: readonly string[] | undefined
  readonly most: number
  /** Only what is surely about it: nobody has asked for a search. */
  readonly sure: boolean
  /** Meanings are not compared. */
  readonly byWordsAlone?: true
}

/** Finds the pieces of documents that a question is about. */
export interface KnowledgeSearch {
  /** Whether meanings are compared, which takes longer. */
  readonly comparesMeanings: boolean
  /**
   * The best first; nothing where nothing is about it. Where meanings cannot be compared, words alone decide. Rejects on
   * abort, or when the database fails.
   */
  find(question: SearchQuestion, signal: AbortSignal): Promise<Found>
  close(): Promise<void>
}

export interface KnowledgeSearchParts {
  readonly store: KnowledgeStore
  readonly embedder: Embedder | undefined
  readonly vectors: Vectors | undefined
  /** Is told, once until it works again, that meanings cannot be compared. */
  readonly log: { warn(about: object, message: string): void }
}

/** So many of each way are joined. */
const CANDIDATES = 40
/** Reciprocal rank fusion: the smaller it is, the more the first places count. */
const RANK_OFFSET = 10
/** So much of the way from what is like anything to what is the same, and it is about the question. */
const ABOUT_IT = 0.09
/** Of the question's words, by how rare they are, a piece must have so much. test/bench/knowledge shows what that finds. */
const COVERED = { sure: 0.5, likely: 0.4 }
/** What a word counts that no piece has: it may be misheard, or only another word for it. */
const UNKNOWN = 0.7

export function knowledgeSearch({ store, embedder, vectors, log }: KnowledgeSearchParts): KnowledgeSearch {
  let isTold = false
  let unrelated: Promise<number | undefined> | undefined
  function tell(why: string): void {
    if (!isTold) log.warn({ why }, 'documents are found by their words alone for now')
    isTold = true
  }

  /** Those whose meaning is near, the nearest first. */
  async function byMeaning(
    { text, sources, byWordsAlone }: SearchQuestion,
    signal: AbortSignal,
  ): Promise<Near['pieces'] | undefined> {
    if (!embedder || !vectors || byWordsAlone) return undefined
    try {
      const [vector] = await embedder.embed([text], signal)
      if (!vector) return undefined
      const model = modelKey(embedder.name, vector)
      const near = await vectors.nearest(model, vector, sources, CANDIDATES, signal)
      const floor = near && (await floorOf(embedder, vectors))
      if (!near || floor === undefined) {
        tell(`no document has a vector of ${model}: npm run ingest makes them`)
        return undefined
      }
      isTold = false
      return near.pieces.filter(({ likeness }) => likeness >= floor + ABOUT_IT * (1 - floor))
    } catch (error) {
      signal.throwIfAborted()
      tell(error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  /** Found once for all calls, so no call's end breaks it off. */
  async function floorOf(one: Embedder, among: Vectors): Promise<number | undefined> {
    unrelated ??= unrelatedLikeness(one, among, new AbortController().signal)
    try {
      const floor = await unrelated
      if (floor === undefined) unrelated = undefined
      return floor
    } catch (error) {
      unrelated = undefined
      throw error
    }
  }

  /** Those that have enough of the question's words, the best first. */
  async function byWords(asked: Asked, { sources, sure }: SearchQuestion, most: number): Promise<readonly number[]> {
    const [found, counts, all] = await Promise.all([
      store.fullText.find(asked, sources, CANDIDATES),
      store.fullText.counts(asked),
      store.pieceCount(),
    ])
    const weights = counts.map(count => (count === 0 ? UNKNOWN * rarity(1, all) : rarity(count, all)))
    const whole = weights.reduce((sum, weight) => sum + weight, 0)
    const least = sure ? COVERED.sure : COVERED.likely
    const stems = await store.fullText.stems(found.slice(0, most))
    return found.slice(0, most).filter(piece => {
      const has = stems.get(piece)
      const covered = asked.reduce(
        (sum, word, i) => sum + (word.some(stem => has?.has(stem)) ? (weights[i] ?? 0) : 0),
        0,
      )
      return covered >= least * whole
    })
  }

  return {
    comparesMeanings: embedder !== undefined && vectors !== undefined,
    async find(question, signal) {
      const asked = askedIn(question.text)
      if (asked.length === 0) return { pieces: [], byMeaning: false }
      const [near, words] = await Promise.all([byMeaning(question, signal), byWords(asked, question, CANDIDATES)])
      signal.throwIfAborted()
      const ranked = near ? fused([words, near.map(({ piece }) => piece)]) : words
      // Some may be gone, or say the same as another one.
      const pieces = await store.pieces(ranked.slice(0, question.most * 2))
      return { pieces: different(pieces).slice(0, question.most), byMeaning: near !== undefined }
    },
    async close() {
      await unrelated?.catch(() => undefined)
      await vectors?.close()
    },
  }
}

/** A word that is in every piece counts a little, too. */
const rarity = (count: number, all: number): number => 1 + Math.log(1 + Math.max(0, all - count + 0.5) / (count + 0.5))

/** Reciprocal rank fusion: who stands high in several lists stands highest. */
function fused(lists: readonly (readonly number[])[]): readonly number[] {
  const scores = new Map<number, number>()
  for (const list of lists)
    for (const [place, piece] of list.entries()) scores.set(piece, (scores.get(piece) ?? 0) + 1 / (RANK_OFFSET + place))
  return [...scores].sort(([, one], [, other]) => other - one).map(([piece]) => piece)
}

const different = (pieces: readonly KeptPiece[]): readonly KeptPiece[] =>
  pieces.filter(({ text }, i) => pieces.findIndex(other => other.text === text) === i)
