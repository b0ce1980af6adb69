import { parentPort } from 'node:worker_threads'

/** What the thread is asked: `begin`, `add` and `end` bring what it has from then on; `find` looks for what is near. */
export type VectorJob =
  | { readonly id: number; readonly kind: 'begin'; readonly length: number; readonly count: number }
  | {
      readonly id: number
      readonly kind: 'add'
      readonly pieces: readonly number[]
      readonly sources: readonly string[]
      readonly vectors: Float32Array
    }
  | { readonly id: number; readonly kind: 'end' }
  | {
      readonly id: number
      readonly kind: 'find'
      readonly vector: Float32Array
      readonly sources: readonly string[] | undefined
      readonly most: number
    }

export interface VectorAnswer {
  readonly id: number
  readonly pieces: readonly { readonly piece: number; readonly likeness: number }[]
}

interface Held {
  readonly length: number
  readonly vectors: Float32Array
  readonly pieces: number[]
  readonly sources: string[]
}

const empty = (length: number, count: number): Held => ({
  ...{ length, vectors: new Float32Array(length * count) },
  ...{ pieces: [], sources: [] },
})
const NOTHING = { pieces: [] }
let held = empty(0, 0)
let next = empty(0, 0)

parentPort?.on('message', (job: VectorJob) => parentPort?.postMessage({ id: job.id, ...done(job) }))

function done(job: VectorJob): Omit<VectorAnswer, 'id'> {
  switch (job.kind) {
    case 'begin':
      next = empty(job.length, job.count)
      return NOTHING
    case 'add': {
      const { length, vectors, pieces, sources } = next
      // More may have come since they were counted: they are read with the next change.
      const room = vectors.length / length - pieces.length
      if (job.pieces.length > room) return NOTHING
      vectors.set(job.vectors, pieces.length * length)
      pieces.push(...job.pieces)
      sources.push(...job.sources)
      return NOTHING
    }
    case 'end':
      held = next
      next = empty(0, 0)
      return NOTHING
    case 'find':
      return nearest(held, job.vector, job.sources && new Set(job.sources), job.most)
  }
}

/** An exact search: vectors are of length one, so the product is the cosine. */
function nearest(
  { length, vectors, pieces, sources }: Held,
  vector: Float32Array,
  among: ReadonlySet<string> | undefined,
  most: number,
): Omit<VectorAnswer, 'id'> {
  if (vector.length !== length) return NOTHING
  const all: { piece: number; likeness: number }[] = []
  for (let at = 0; at < pieces.length; at++) {
    if (among && !among.has(sources[at] ?? '')) continue
    all.push({ piece: pieces[at] ?? 0, likeness: product(vector, vectors, at * length) })
  }
  return { pieces: all.sort((one, other) => other.likeness - one.likeness).slice(0, most) }
}

/** Four sums side by side: a quarter of the time of one. */
function product(vector: Float32Array, vectors: Float32Array, from: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  const { length } = vector
  const whole = length - (length % 4)
  for (let i = 0; i < whole; i += 4) {
    a += (vectors[from + i] ?? 0) * (vector[i] ?? 0)
    b += (vectors[from + i + 1] ?? 0) * (vector[i + 1] ?? 0)
    c += (vectors[from + i + 2] ?? 0) * (vector[i + 2] ?? 0)
    d += (vectors[from + i + 3] ?? 0) * (vector[i + 3] ?? 0)
  }
  for (let i = whole; i < length; i++) a += (vectors[from + i] ?? 0) * (vector[i] ?? 0)
  return a + b + c + d
}
