import type {
  Channel,
  Clock,
  Heard,
  Inbound,
  Next,
  Speech,
  VoiceLevel,
  VoiceRateHz,
  Word,
} from '../conversation/ports.ts'
import { orAborted } from '../conversation/scope.ts'
import type { Step } from './attempts.ts'

/** A line tells this often how much was heard. */
const REPORT_MS = 240
/** Less than this is no wait: it is what adding up fractions leaves. */
const LEAST_MS = 0.5
/** A caller who cuts in at the same moment has heard the same words: no line knows it better than this. */
const SAME_CUT_MS = 100
/** A recorded judgement of the sound over the agent counts for so long. */
const SAME_SOUND_MS = 500

/** A speech that the recorded caller cut: what was heard of it, and how long it had sounded. */
interface Cut {
  readonly text: string
  readonly soundedMs: number
}

function cutsIn(steps: readonly Step[]): readonly Cut[] {
  const sounding = new Map<string, number>()
  return steps.flatMap(({ event }) => {
    if (event.kind === 'reply-sounding') sounding.set(`${event.reply}:${event.part}`, event.atMs)
    if (event.kind !== 'heard' || !event.cut || event.text === '') return []
    const sinceMs = sounding.get(`${event.reply}:${event.part}`)
    return sinceMs === undefined ? [] : [{ text: event.text, soundedMs: event.atMs - sinceMs }]
  })
}

export interface ReplayedLineParts {
  readonly clock: Clock
  readonly startMs: number
  readonly rateHz: VoiceRateHz
  readonly inbound: (signal: AbortSignal) => AsyncIterable<Inbound>
  readonly steps: readonly Step[]
}

/** The caller's end of a replayed call: speech lasts as long as its samples, and nobody hears it. */
export function replayedLine({ clock, startMs, rateHz, inbound, steps }: ReplayedLineParts): Channel {
  const cuts = cutsIn(steps)
  const judged = steps.flatMap(({ event }) =>
    event.kind === 'wait-over' && event.own !== undefined ? [{ atMs: event.atMs, own: event.own }] : [],
  )
  const shares = steps.flatMap(({ event }) => (event.kind === 'words' && event.own !== undefined ? [event] : []))
  /** What was judged nearest to now in the recording. */
  const nearest = <T extends { readonly atMs: number }>(judgements: readonly T[]): T | undefined => {
    const awayMs = ({ atMs }: T): number => Math.abs(atMs - (clock.now() - startMs))
    const near = judgements.filter(one => awayMs(one) <= SAME_SOUND_MS)
    return near.toSorted((a, b) => awayMs(a) - awayMs(b))[0]
  }
  let level: VoiceLevel = 'full'
  let changed = Promise.withResolvers<void>()

  /** Waits until something changes, or for `ms` at most. Resolves with how long it was. */
  async function pass(ms: number, signal: AbortSignal): Promise<number> {
    const sinceMs = clock.now()
    const sleep = new AbortController()
    const abort = (): void => sleep.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    const slept = clock.sleep(ms, sleep.signal).catch(() => undefined)
    await Promise.race([slept, changed.promise])
    signal.removeEventListener('abort', abort)
    sleep.abort()
    return clock.now() - sinceMs
  }

  async function* play(speech: AsyncIterable<Speech>, signal: AbortSignal): AsyncGenerator<Heard> {
    const words: Word[] = []
    let madeMs = 0
    let playedMs = 0
    let heardMs = 0
    let soundsSinceMs: number | undefined
    let isHeld = false
    const reading = speech[Symbol.asyncIterator]()
    while (!signal.aborted) {
      const next = await orAborted(reading.next(), signal).catch(error => {
        if (signal.aborted) return undefined
        throw error
      })
      if (!next || next.done) break
      if (next.value.kind === 'words') {
        words.push(...next.value.words)
        continue
      }
      const { pcm, rateHz: made } = next.value.frame
      madeMs += (pcm.length / made) * 1_000
      while (madeMs - playedMs >= LEAST_MS && !signal.aborted) {
        // After a hold it goes on from the word that was cut.
        if (level === 'held' && !isHeld) playedMs = words.findLast(word => word.startMs < playedMs)?.startMs ?? playedMs
        isHeld = level === 'held'
        if (isHeld) {
          await pass(REPORT_MS, signal)
          continue
        }
        if (soundsSinceMs === undefined) {
          soundsSinceMs = clock.now()
          yield { heard: '', heardMs }
        }
        playedMs += await pass(Math.min(REPORT_MS, madeMs - playedMs), signal)
        heardMs = Math.max(heardMs, playedMs)
        if (!signal.aborted) yield { heard: textAt(words, heardMs), heardMs }
      }
    }
    if (soundsSinceMs === undefined) return
    const cut = signal.aborted ? cutAt(words, clock.now() - soundsSinceMs) : undefined
    yield { heard: cut ?? textAt(words, heardMs), heardMs }
  }

  /** What was heard where the caller cut in, if they cut the same words at the same moment in the recording. */
  function cutAt(words: readonly Word[], soundedMs: number): string | undefined {
    const all = textAt(words, Number.POSITIVE_INFINITY)
    const same = cuts.find(
      cut => Math.abs(cut.soundedMs - soundedMs) <= SAME_CUT_MS && `${all} `.startsWith(`${cut.text} `),
    )
    return same?.text
  }

  return {
    rateHz,
    inbound,
    play,
    voice(next) {
      level = next
      changed.resolve()
      changed = Promise.withResolvers()
    },
    echo(sinceMs) {
      const nowMs = clock.now() - startMs
      const near = judged.filter(({ atMs }) => Math.abs(atMs - nowMs) <= SAME_SOUND_MS && atMs > sinceMs - startMs)
      return near[0]?.own ?? 0
    },
    ownShare: () => nearest(shares)?.own,
    ownEach: spans => (nearest(shares)?.ownEach ?? []).slice(-spans.length),
    close: async (_next: Next) => undefined,
  }
}

/** The words that have sounded by then; samples are counted in whole ones. */
const textAt = (words: readonly Word[], ms: number): string =>
  words
    .filter(word => word.endMs <= ms + 1)
    .map(word => word.text)
    .join(' ')
