import type { Clock } from '../../../conversation/ports.ts'
import type { LineNote } from '../../call-host.ts'
import type { Wire } from '../../line/playout.ts'
import type { AvatarNews } from '../room.ts'
import type { Avatar } from './avatar.ts'
import { canBePlayed, heardOf, type Passage, passageFrom, playedOf, reported } from './passage.ts'

export interface AvatarWireParts {
  readonly clock: Clock
  readonly avatar: Avatar
  /** The way without the avatar: for what sounds behind the agent, and where the avatar is not there. */
  readonly own: Wire
  /** From the avatar to the person's ear. */
  readonly pathMs: () => number
  readonly marked: (name: string) => void
  /** What was sent and not returned as a mark was lost: it must be sent again. */
  readonly again: () => void
  readonly note: (note: LineNote) => void
}

const FRAME_MS = 20
/** An avatar that does not begin to speak within this time after it was given something is taken for dead. */
const STARTS_WITHIN_MS = 3_000
/** So long it may be silent in the middle, and say nothing after the end. */
const SILENT_MS = 3_000
const LOOK_EACH_MS = 500
/** What the last words are heard of waits so long for the avatar's word. */
const TELLS_WITHIN_MS = 300
/** LiveKit tells that somebody speaks about so much later. */
const NOTICED_AFTER_MS = 400
const MOST_WAITING = 10
/** An avatar that has told nothing of a cleared speech by then tells nothing of it. */
const FORGOTTEN_AFTER_MS = 2_000
/** It may stop by itself so often. */
const MOST_DROPPED = 1
const OVER = new Error('it is over')

/**
 * The way of the agent's voice through an avatar. The marks return when the avatar must have played the sound before them:
 * counted from when it is known to have begun, and all of them when it tells that it is at its end. What it tells that cannot be
 * is not believed. If it goes, or is silent, the voice takes its own way, from the last mark on.
 */
export function avatarWire(parts: AvatarWireParts): { readonly wire: Wire; close(): void } {
  const { clock, avatar, own, pathMs, marked, again, note } = parts
  let speaking: Passage | 'own' | undefined
  /** Sent whole or cleared, and no word of its end yet; the oldest first. */
  let waiting: Passage[] = []
  let cleared: Passage | undefined
  let latest: Passage | undefined
  let isUsed = false
  let dropped = 0
  let isClosed = false
  const odd = new Set<string>()

  function noteOdd(why: string): void {
    if (isClosed || odd.has(why)) return
    odd.add(why)
    note({ kind: 'avatar', state: 'odd', why })
  }

  const alive = (): readonly Passage[] => [...waiting, ...(typeof speaking === 'object' ? [speaking] : [])]

  function dueIn(passage: Passage, name: string, ms: number): void {
    clock.sleep(Math.max(0, ms), passage.returning.signal).then(
      () => marked(name),
      () => undefined,
    )
  }

  /** Returns the marks whose time is known; all at once where all was played. */
  function returnMarks(passage: Passage, isAll = false): void {
    const { latencyMs } = passage
    if (latencyMs === undefined && !isAll) return
    for (const { name, untilMs } of passage.marks.splice(0))
      dueIn(passage, name, (isAll ? 0 : untilMs + (latencyMs ?? 0) - clock.now()) + pathMs())
  }

  function plays(passage: Passage, sinceMs: number): void {
    passage.latencyMs ??= Math.max(0, sinceMs - passage.fromMs)
    returnMarks(passage)
  }

  /** The oldest that was not known to play plays. `isTold`: by the avatar, and so to the moment. */
  function begins(isTold: boolean): void {
    const passage = alive().find(({ state, latencyMs }) => state !== 'cleared' && latencyMs === undefined)
    if (!passage) return
    plays(passage, clock.now())
    if (isTold) passage.leastLatencyMs = passage.latencyMs ?? 0
  }

  function begin(): Passage {
    const nowMs = clock.now()
    waiting = waiting.filter(({ state, untilMs }) => state !== 'cleared' || nowMs < untilMs + FORGOTTEN_AFTER_MS)
    const passage = passageFrom(nowMs)
    latest = passage
    watch(passage).catch(() => undefined)
    return passage
  }

  /** An avatar that does not speak is given up, which has the speech sent again. */
  async function watch(passage: Passage): Promise<void> {
    const { signal } = passage.returning
    await clock.sleep(STARTS_WITHIN_MS, signal)
    if (passage.latencyMs === undefined && passage.state !== 'over') {
      // It has sounded all the time since the speech before.
      if (avatar.isSounding()) plays(passage, passage.fromMs + NOTICED_AFTER_MS)
      else return avatar.giveUp('it did not begin to speak')
    }
    for (; passage.state !== 'over'; await clock.sleep(LOOK_EACH_MS, signal)) {
      const nowMs = clock.now()
      const untilMs = passage.untilMs + (passage.latencyMs ?? 0)
      const isSilent = passage.silentSinceMs !== undefined && nowMs - passage.silentSinceMs >= SILENT_MS
      if (isSilent && untilMs > nowMs) return avatar.giveUp('it fell silent while it should speak')
      if (passage.state !== 'ended' || nowMs < untilMs + SILENT_MS) continue
      passage.state = 'over'
      waiting = waiting.filter(one => one !== passage)
      if (passage.isTold) continue
      noteOdd('it does not tell when it has spoken')
      if (!passage.hasSounded) return avatar.giveUp('it was not heard, and did not tell that it has spoken')
    }
  }

  function end(passage: Passage, state: 'ended' | 'cleared'): void {
    passage.state = state
    waiting = [...waiting.filter(one => one !== passage), passage].slice(-MOST_WAITING)
  }

  function finished({ positionMs, isInterrupted }: AvatarNews & { readonly kind: 'finished' }): void {
    const nowMs = clock.now()
    const { passage, before } = reported(waiting, isInterrupted, nowMs)
    if (!passage) return noteOdd('it told of an end that was not due')
    for (const one of before) one.played.resolve(undefined)
    passage.isTold = true
    const isCleared = passage.state === 'cleared'
    if (!isCleared && isInterrupted) return drop(passage)
    if (!isCleared && !canBePlayed(passage, nowMs)) return noteOdd('it told that it has spoken sooner than it can have')
    waiting = waiting.filter(one => one !== passage && !before.includes(one))
    passage.state = 'over'
    if (!isCleared) return returnMarks(passage, true)
    const toldMs = isInterrupted ? positionMs : passage.sentMs
    passage.played.resolve(toldMs && Math.max(0, playedOf(passage, toldMs, nowMs) - pathMs()))
  }

  /** It has stopped, and nobody told it to. */
  function drop(passage: Passage): void {
    noteOdd('it stopped by itself')
    if (++dropped > MOST_DROPPED) return avatar.giveUp('it stops by itself')
    over(passage)
    waiting = waiting.filter(one => one !== passage)
    again()
  }

  function over(passage: Passage): void {
    passage.state = 'over'
    passage.returning.abort(OVER)
    passage.played.resolve(undefined)
  }

  function gone(): void {
    const had = alive()
    const isLost = had.some(({ state }) => state !== 'cleared')
    for (const passage of had) over(passage)
    waiting = []
    if (typeof speaking === 'object') speaking = undefined
    isUsed = false
    if (isLost) again()
  }

  avatar.serve({
    note,
    news(news) {
      switch (news.kind) {
        case 'started':
          return begins(true)
        case 'sounding':
          for (const passage of alive()) {
            passage.silentSinceMs = news.isSounding ? undefined : passage.hasSounded ? clock.now() : undefined
            passage.hasSounded ||= news.isSounding
          }
          return news.isSounding ? begins(false) : undefined
        case 'finished':
          return finished(news)
        case 'gone':
          return gone()
        case 'here':
        case 'failed':
          return
      }
    },
  })

  const wire: Wire = {
    media(pcm, isVoice) {
      if (!isVoice) return own.media(pcm, false)
      speaking ??= avatar.isHere() ? begin() : 'own'
      isUsed = speaking !== 'own'
      if (speaking === 'own') return own.media(pcm, true)
      speaking.untilMs = Math.max(speaking.untilMs, clock.now()) + FRAME_MS
      speaking.sentMs += FRAME_MS
      avatar.order({ kind: 'sound', pcm })
    },
    mark(name) {
      if (typeof speaking !== 'object') return own.mark(name)
      speaking.marks.push({ name, untilMs: speaking.untilMs })
      returnMarks(speaking)
    },
    clear(isVoice) {
      own.clear(isVoice)
      if (!isVoice) return
      const cut = alive().filter(({ state }) => state !== 'cleared')
      for (const passage of cut) {
        passage.returning.abort(OVER)
        end(passage, 'cleared')
      }
      cleared = cut.at(-1)
      speaking = undefined
      if (cleared) avatar.order({ kind: 'clear' })
    },
    end() {
      if (typeof speaking === 'object') {
        end(speaking, 'ended')
        avatar.order({ kind: 'end' })
      }
      speaking = undefined
    },
    far: {
      isUsed: () => isUsed,
      graceMs: STARTS_WITHIN_MS + SILENT_MS,
      heardMs: () => latest && heardOf(latest, clock.now() - pathMs()),
      async cleared() {
        const told = cleared?.played.promise
        const timing = new AbortController()
        const late = clock.sleep(TELLS_WITHIN_MS, timing.signal).catch(() => undefined)
        return Promise.race([told, late.then(() => undefined)]).finally(() => timing.abort(OVER))
      },
    },
  }
  return {
    wire,
    close() {
      isClosed = true
      const isSpeaking = alive().some(({ state }) => state !== 'cleared')
      for (const passage of alive()) over(passage)
      waiting = []
      speaking = undefined
      // A farewell that was heard to its end is over; anything else is cut.
      if (isSpeaking) avatar.order({ kind: 'clear' })
    },
  }
}
