import { onTestFinished } from 'vitest'
import { openAvatar } from '../../../src/channels/browser/avatar/avatar.ts'
import { browserLine } from '../../../src/channels/browser/browser-line.ts'
import type { AvatarNews, AvatarOrder } from '../../../src/channels/browser/room.ts'
import type { LineNote } from '../../../src/channels/call-host.ts'
import type { Heard, Speech } from '../../../src/conversation/ports.ts'
import { Queue } from '../../../src/conversation/queue.ts'
import { FakeClock } from '../../fakes/clock.ts'

/** How a worker behaves. */
export interface WorkerManners {
  /** It comes after this time; undefined: never. */
  readonly comesAfterMs?: number | undefined
  /** From what it is sent to what it plays. */
  readonly latencyMs?: number
  /** From the server to it, and back. */
  readonly wayMs?: number
  readonly tellsStart?: boolean
  readonly tellsEnd?: boolean
  /** LiveKit hears it. */
  readonly sounds?: boolean
  /** What it says of its position, made of the true one. */
  readonly position?: (playedMs: number) => number | undefined
  readonly refuses?: Error
}

/** A line whose agent has an avatar, with a worker in memory. */
export function openAvatarLine(manners: WorkerManners = {}) {
  const { latencyMs = 120, wayMs = 10, tellsStart = true, tellsEnd = true, sounds = true } = manners
  const clock = new FakeClock()
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort(new Error('the test is over')))
  const orders: { readonly atMs: number; readonly order: AvatarOrder }[] = []
  const notes: LineNote[] = []
  /** When each frame was given to the agent's own track. */
  const own: number[] = []
  let isDead = false
  let hushes = 0
  let starts = 0
  let playing: { readonly fromMs: number; untilMs: number; sentMs: number; readonly over: AbortController } | undefined

  const tell = (news: AvatarNews, afterMs: number, signal = lifetime.signal): void => {
    clock.sleep(afterMs, signal).then(
      () => (isDead ? undefined : avatar.take(news)),
      () => undefined,
    )
  }
  const { position = (ms: number) => ms } = manners

  function work(order: AvatarOrder): void {
    if (isDead) return
    const nowMs = clock.now()
    if (order.kind === 'sound') {
      if (!playing) {
        playing = { fromMs: nowMs, untilMs: nowMs, sentMs: 0, over: new AbortController() }
        const { signal } = playing.over
        if (tellsStart) tell({ kind: 'started' }, wayMs + latencyMs, signal)
        if (sounds) tell({ kind: 'sounding', isSounding: true }, wayMs + latencyMs + 400, signal)
      }
      playing.untilMs = Math.max(playing.untilMs, nowMs) + 20
      playing.sentMs += 20
    } else if (order.kind === 'end' && playing) {
      const { untilMs, sentMs, over } = playing
      playing = undefined
      const leftMs = untilMs - nowMs + latencyMs + wayMs
      if (tellsEnd) tell({ kind: 'finished', positionMs: position(sentMs), isInterrupted: false }, leftMs, over.signal)
      if (sounds) tell({ kind: 'sounding', isSounding: false }, leftMs + 400, over.signal)
      last = over
    } else if (order.kind === 'clear') {
      const cut = playing
      playing = undefined
      for (const one of [cut?.over, last]) one?.abort(new Error('it was cleared'))
      if (sounds) tell({ kind: 'sounding', isSounding: false }, wayMs + 400)
      if (!cut || !tellsEnd) return
      const playedMs = Math.max(0, Math.min(cut.sentMs, nowMs + wayMs - cut.fromMs - latencyMs))
      tell({ kind: 'finished', positionMs: position(playedMs), isInterrupted: true }, wayMs * 2)
    }
  }
  let last: AbortController | undefined

  const order = (given: AvatarOrder): void => {
    orders.push({ atMs: clock.now(), order: given })
    work(given)
  }
  const avatar = openAvatar(
    {
      clock,
      order,
      async start() {
        starts++
        if (manners.refuses) throw manners.refuses
        const { comesAfterMs = 'comesAfterMs' in manners ? undefined : 500 } = manners
        if (comesAfterMs !== undefined) tell({ kind: 'here' }, comesAfterMs)
        return {}
      },
    },
    lifetime.signal,
  )
  const line = browserLine({
    ...{ clock, avatar },
    room: {
      play: () => void own.push(clock.now()),
      clear: () => undefined,
      hush: () => {
        hushes++
      },
      statistics: async () => undefined,
    },
    recorder: {
      caller: () => undefined,
      agent: () => undefined,
      moveAgent: () => undefined,
      cutAgent: () => undefined,
    },
    note: note => notes.push(note),
    giveUp: async () => undefined,
  })

  /** A speech of so many words of 200 ms each: `w0 w1 w2`. */
  function speaks(words: number) {
    const speech = new Queue<Speech>(1_000)
    const stop = new AbortController()
    const heard: Heard[] = []
    let overMs: number | undefined
    speech.push({
      kind: 'words',
      words: Array.from({ length: words }, (_, i) => ({ text: `w${i}`, startMs: i * 200, endMs: (i + 1) * 200 })),
    })
    speech.push({ kind: 'audio', frame: { pcm: new Int16Array(words * 200 * 24).fill(900), rateHz: 24_000 } })
    speech.close()
    async function listen(): Promise<void> {
      for await (const some of line.play(speech, stop.signal)) heard.push(some)
      overMs = clock.now()
    }
    const fromMs = clock.now()
    const over = listen()
    return {
      over,
      stop: () => stop.abort(new Error('the caller spoke')),
      /** How long after its beginning it was over; undefined while it is not. */
      tookMs: () => (overMs === undefined ? undefined : overMs - fromMs),
      heard: () => heard.at(-1)?.heard ?? '',
    }
  }

  return {
    ...{ clock, line, avatar, own, notes, speaks },
    hushes: () => hushes,
    starts: () => starts,
    kinds: () =>
      orders.map(({ order }) => order.kind).filter((kind, at, all) => kind !== 'sound' || all[at - 1] !== 'sound'),
    sentMs: () => orders.filter(({ order }) => order.kind === 'sound').length * 20,
    noted: () =>
      notes.flatMap(note => (note.kind === 'avatar' ? [note.why ? `${note.state}: ${note.why}` : note.state] : [])),
    tell: (news: AvatarNews) => avatar.take(news),
    /** It plays and tells nothing more; the room still has it. */
    die() {
      isDead = true
      playing?.over.abort(new Error('it is dead'))
    },
  }
}
