import type { Embedder } from './embeddings/embedder.ts'
import { modelKey, type Vectors } from './store/vectors.ts'

/**
 * Questions of everyday life that have nothing to do with each other. Whatever the documents are about, most of these are not
 * about it.
 */
const QUESTIONS = [
  'How tall is the Eiffel tower?',
  'Do you have pizza without gluten?',
  'Which vaccinations does my daughter need for Kenya?',
  'Why does my washing machine leak?',
  'Who won the football match yesterday?',
  'How do I grow tomatoes on a balcony?',
  'Can I bring my dog to the swimming pool?',
  'What did the emperor say before the battle?',
  'How many strings does a violin have?',
] as const

/**
 * How like (a cosine) the nearest piece is to a question that no document is about: for one model 0.2, for another 0.75.
 * Undefined where there are no vectors of this model. Rejects as the embedder and the vectors do.
 */
export async function unrelatedLikeness(
  embedder: Embedder,
  vectors: Vectors,
  signal: AbortSignal,
): Promise<number | undefined> {
  const tops: number[] = []
  for (let from = 0; from < QUESTIONS.length; from += embedder.most) {
    for (const vector of await embedder.embed(QUESTIONS.slice(from, from + embedder.most), signal)) {
      const near = await vectors.nearest(modelKey(embedder.name, vector), vector, undefined, 1, signal)
      const top = near?.pieces[0]?.likeness
      if (top === undefined) return undefined
      tops.push(top)
    }
  }
  return tops.toSorted((one, other) => one - other)[tops.length >> 1]
}
