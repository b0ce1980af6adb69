import type { Clock } from '../../../conversation/ports.ts'
import { orAborted, scopeOf } from '../../../conversation/scope.ts'
import type { LineNote } from '../../call-host.ts'
import type { AvatarNews, AvatarOrder } from '../room.ts'

export interface AvatarParts {
  readonly clock: Clock
  /** Asks a worker to come to the room. Rejects with the reason when that cannot be done. */
  readonly start: (signal: AbortSignal) => Promise<StartedAvatar>
  readonly order: (order: AvatarOrder) => void
}

/** A worker that was asked to come. */
export interface StartedAvatar {
  /** Resolves with the reason when it has ended, where that is known here sooner than in the room. */
  readonly over?: Promise<string>
}

/** Asks a worker to come to a room. Rejects with the reason when that cannot be done. */
export type StartAvatar = (roomName: string, signal: AbortSignal) => Promise<StartedAvatar>

/** What a conversation does with its avatar. */
export interface AvatarLine {
  /** What the worker tells of what it plays; `gone` also where it is not to be spoken by any more. */
  news(news: AvatarNews): void
  note(note: LineNote): void
}

/** The avatar of one room. Where it does not come, or fails, the agent speaks by itself. */
export interface Avatar {
  /** Asks the worker to come, if it is not there. It may have left with the person who comes back now. */
  call(): void
  take(news: AvatarNews): void
  /** Resolves when it is there, or is not waited for. Rejects on abort. */
  settled(signal: AbortSignal): Promise<void>
  isHere(): boolean
  isSounding(): boolean
  order(order: AvatarOrder): void
  /** From now on this line is told; what happened before is noted on it first. */
  serve(line: AvatarLine): void
  /** It is silent though it should speak: it leaves the room. */
  giveUp(why: string): void
  close(): void
}

/** The greeting waits for it so long. */
const COMES_WITHIN_MS = 5_000
/** Of one conversation: each time a person comes back whose avatar has left. */
const MOST_CALLS = 5
/** Notes that wait for a line. */
const MOST_NOTES = 20

export function openAvatar({ clock, start, order }: AvatarParts, signal: AbortSignal): Avatar {
  const scope = scopeOf(signal)
  let state: 'away' | 'awaited' | 'here' = 'away'
  let calls = 0
  let isSounding = false
  let line: AvatarLine | undefined
  let unnoted: LineNote[] = []
  let settled = Promise.withResolvers<void>()
  settled.resolve()

  function note(state: Extract<LineNote, { kind: 'avatar' }>['state'], why?: string): void {
    const said: LineNote = { kind: 'avatar', state, ...(why !== undefined && { why }) }
    if (line) line.note(said)
    else unnoted = [...unnoted, said].slice(-MOST_NOTES)
  }

  function leave(how: 'refused' | 'gone' | 'stalled', why: string): void {
    if (state === 'away') return
    state = 'away'
    isSounding = false
    note(how, why)
    settled.resolve()
    line?.news({ kind: 'gone', why })
  }

  function giveUp(why: string): void {
    if (state === 'away') return
    // What it has buffered would be heard beside the agent's own voice.
    order({ kind: 'remove' })
    leave('stalled', why)
  }

  async function waitForIt(number: number): Promise<void> {
    await clock.sleep(COMES_WITHIN_MS, scope.signal)
    if (state !== 'awaited' || number !== calls) return
    // It may come yet, and then speaks from the next sentence on.
    note('late')
    settled.resolve()
  }

  async function begin(number: number): Promise<void> {
    const isStill = (): boolean => number === calls
    try {
      const { over } = await start(scope.signal)
      const why = await over
      if (why === undefined || !isStill() || scope.signal.aborted || state === 'away') return
      // The room notices a dead one much later, and pages would look at its last picture.
      order({ kind: 'remove' })
      leave('gone', why)
    } catch (error) {
      if (isStill()) leave('refused', error instanceof Error ? error.message : String(error))
    }
  }

  return {
    call() {
      if (state !== 'away' || calls >= MOST_CALLS || scope.signal.aborted) return
      state = 'awaited'
      settled = Promise.withResolvers()
      calls++
      note('asked')
      order({ kind: 'expect' })
      waitForIt(calls).catch(() => undefined)
      void begin(calls)
    },
    take(news) {
      switch (news.kind) {
        case 'here':
          // One that was sent away speaks no more, even if it comes again.
          if (state === 'away') return order({ kind: 'remove' })
          if (state === 'here') return
          state = 'here'
          note('here')
          return settled.resolve()
        case 'gone':
          // Another one has left, such as that of a server before this one: the awaited one may come still.
          return state === 'here' ? leave('gone', news.why) : undefined
        case 'failed':
          return giveUp(news.why)
        case 'sounding':
          isSounding = news.isSounding
          return line?.news(news)
        case 'started':
        case 'finished':
          return line?.news(news)
      }
    },
    settled: until => orAborted(settled.promise, until),
    isHere: () => state === 'here',
    isSounding: () => isSounding,
    order,
    serve(served) {
      line = served
      for (const said of unnoted.splice(0)) served.note(said)
    },
    giveUp,
    close() {
      if (calls > 0) order({ kind: 'remove' })
      state = 'away'
      settled.resolve()
      scope.abort(new Error('the conversation is over'))
    },
  }
}
