export const LANES = {
  caller: 'Caller speaks',
  words: 'Speech-to-text',
  turn: 'Turn',
  patience: 'Patience',
  barge: 'Over the agent',
  draft: 'Drafts',
  model: 'Model',
  voice: 'Voice',
  agent: 'Agent speaks',
  marks: 'Heard so far',
  tools: 'Tools',
  trouble: 'Errors and notes',
} as const
export type LaneName = keyof typeof LANES
export const LANE_NAMES = Object.keys(LANES) as readonly LaneName[]

/** Something with a name and a value, for people: `['First token after', '340 ms']`. */
export type Fact = readonly [name: string, value: string]

/** One thing on the time axis. Its end is Infinity while it lasts. Times are ms from the beginning of the call. */
export interface Span {
  readonly lane: LaneName
  readonly fromMs: number
  readonly toMs: number
  /** What it is drawn as. */
  readonly kind: string
  readonly label: string
  readonly facts: readonly Fact[]
  /** How many spans this one stands for, where they would lie within a few pixels. */
  readonly count: number
}
type Writable = { -readonly [Key in keyof Span]: Span[Key] }

/** Spans nearer than so many pixels are drawn as one. */
const CLOSE_PX = 3
const LEAST_BUCKET_MS = 250
const GROWTH = 4

/**
 * The spans of one lane by their beginning. Finding those in view takes the logarithm of all, and what is in view is
 * bounded by its pixels: an hour seen at once is read from coarser spans, made once.
 */
export class Lane {
  readonly name: LaneName
  readonly #spans: Writable[] = []
  /** The latest end among the spans up to each. */
  readonly #ends: number[] = []
  readonly #coarse = new Map<number, Lane>()

  constructor(name: LaneName) {
    this.name = name
  }

  get spans(): readonly Span[] {
    return this.#spans
  }

  add(
    span: Omit<Span, 'lane' | 'count' | 'facts'> & { readonly facts?: readonly Fact[]; readonly count?: number },
  ): Span {
    const added = { facts: [], count: 1, ...span, lane: this.name }
    let at = this.#spans.length
    while (at > 0 && (this.#spans[at - 1]?.fromMs ?? 0) > added.fromMs) at--
    this.#spans.splice(at, 0, added)
    this.#ends.splice(at, 0, 0)
    this.#settle(at)
    return added
  }

  /** Changes a span of this lane. Its beginning stays. */
  change(span: Span, more: Partial<Pick<Span, 'toMs' | 'kind' | 'label' | 'facts'>>): void {
    const at = this.#spans.lastIndexOf(span as Writable)
    const found = this.#spans[at]
    if (found === undefined) return
    Object.assign(found, more)
    this.#settle(at)
  }

  /** The spans that can be seen between two moments, where a pixel is so many ms wide. */
  visible(fromMs: number, toMs: number, msPerPx: number): readonly Span[] {
    const bucketMs = bucketFor(msPerPx)
    const lane = bucketMs === 0 ? this : this.#coarseBy(bucketMs)
    return lane.between(fromMs, toMs)
  }

  /** All spans that touch the time between two moments, both included. */
  between(fromMs: number, toMs: number): readonly Span[] {
    const found: Span[] = []
    for (let at = firstAtLeast(this.#ends, fromMs); at < this.#spans.length; at++) {
      const span = this.#spans[at]
      if (span === undefined || span.fromMs > toMs) break
      if (span.toMs >= fromMs) found.push(span)
    }
    return found
  }

  #settle(from: number): void {
    this.#coarse.clear()
    let end = this.#ends[from - 1] ?? Number.NEGATIVE_INFINITY
    for (let at = from; at < this.#spans.length; at++) {
      end = Math.max(end, this.#spans[at]?.toMs ?? end)
      this.#ends[at] = end
    }
  }

  #coarseBy(bucketMs: number): Lane {
    const known = this.#coarse.get(bucketMs)
    if (known) return known
    const made = coarser(this, bucketMs)
    this.#coarse.set(bucketMs, made)
    return made
  }
}

/** 0 where each span has its pixels. */
function bucketFor(msPerPx: number): number {
  if (msPerPx * CLOSE_PX < LEAST_BUCKET_MS) return 0
  let bucketMs = LEAST_BUCKET_MS
  while (bucketMs < msPerPx * CLOSE_PX) bucketMs *= GROWTH
  return bucketMs
}

/** Spans of one kind that begin in the same bucket of time become one. */
function coarser(lane: Lane, bucketMs: number): Lane {
  const coarse = new Lane(lane.name)
  let bucket = Number.NEGATIVE_INFINITY
  let open = new Map<string, Writable>()
  const close = (): void => {
    for (const span of [...open.values()].sort((a, b) => a.fromMs - b.fromMs)) coarse.add(span)
    open = new Map()
  }
  for (const span of lane.spans) {
    const own = Math.floor(span.fromMs / bucketMs)
    if (own !== bucket) close()
    bucket = own
    const same = open.get(span.kind)
    if (same) {
      same.toMs = Math.max(same.toMs, span.toMs)
      same.count += 1
      same.label = ''
    } else open.set(span.kind, { ...span })
  }
  close()
  return coarse
}

/** The first place in rising numbers whose number is at least this. */
export function firstAtLeast(rising: readonly number[], least: number): number {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((rising[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
