import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../conversation/ports.ts'
import { type AnnouncedUtterance, type HeardWord, ScriptedTranscripts } from './deepgram/scripted-transcripts.ts'
import { goesOn, type HeardBefore } from './heard-before.ts'

const speaker = z.int().min(0).max(9).optional()
const word = z.object({ text: z.string(), startMs: z.number(), endMs: z.number(), speaker })
const utterance = z.object({ words: z.array(word).max(500), voicedFromMs: z.number() })
const announcement = z.object({ utterances: z.array(utterance).min(1).max(100) })

const MOST_CALLS = 2_000
const MOST_ANNOUNCED = 100
/** Of so many sessions of a call the sound is remembered. */
const MOST_REMEMBERED = 3
/** So long after a session its client may still give its sound to another one. */
const RECALLED_WITHIN_MS = 30_000
/** A new session within this time after the old one still gets the call's announced words. */
const RECONNECT_WITHIN_MS = 2_000
/** A detector may cut an utterance at the very end of its last word. */
const AFTER_LAST_WORD_MS = 60
const NEVER = new AbortController().signal
/** Utterances that may still go on. */
const MOST_ASKED = 50
/**
 * The same sound within this time after a request is the same request again, and after it another utterance that is spoken
 * alike. A request that hangs is not over.
 */
const SAME_WITHIN_MS = 2_000
/** Who has given up on a request may have another service asked within this, at the end of what is said meanwhile. */
const GIVEN_UP_FOR_MS = 4_000

/** A service that is sent an utterance at a time was asked for its words. */
interface Asked {
  readonly atMs: number
  /** When it was answered or given up. */
  overMs: number | undefined
  readonly pcm: Int16Array
  /** What was announced before that, and what was left of the utterance in whose middle the sound ended. */
  readonly before: readonly AnnouncedUtterance[]
  readonly left: AnnouncedUtterance | undefined
  readonly memory: HeardBefore
}

/** What a session of a call has heard. */
interface Remembered {
  readonly memory: HeardBefore
  /** It was one utterance. The next one may sound alike. */
  readonly isWhole: boolean
  overMs?: number
}

/** What one session of a speech-to-text service hears. */
export interface ScriptedSession {
  readonly transcripts: ScriptedTranscripts
  /** Call it once. `lost`: the call may come back with another session. `over`: what is still announced is forgotten. */
  end(how: 'lost' | 'over', signal: AbortSignal): Promise<void>
}

/** One request for the words of an utterance. */
export interface AskedWords {
  readonly words: readonly HeardWord[]
  /** Call it once. `given-up`: its client waits no longer; unless they ask again, what is still announced is forgotten. */
  over(how: 'answered' | 'given-up', signal: AbortSignal): Promise<void>
}

/**
 * What the callers of a sandbox are about to say, for all its speech-to-text services: they detect speech by its energy,
 * and take the words from here. A service whose clients can name the call passes its id; any other passes undefined, and
 * gets the one call that is announced: of several those that no other session has.
 */
export interface AnnouncedCalls {
  /**
   * `POST /sandbox/utterances/ID` announces what the caller of a call is about to say; `PUT` does so instead of what they did
   * not come to say, as after the line broke; `DELETE` says that nothing more comes. `PUT /sandbox/calls/ID` says that this
   * caller is scripted, as an announcement does, and `GET` asks whether they are.
   */
  addRoutes(app: FastifyInstance): void
  /** Announces one more utterance of a call. */
  announce(callId: string, utterance: AnnouncedUtterance): void
  /** Begins a session. `rateHz` is that of the sound that it will be given. */
  join(callId: string | undefined, rateHz: number): ScriptedSession
  /**
   * For services that are sent an utterance at a time: the words in its sound. Words after it are for the next one.
   */
  wordsIn(callId: string | undefined, pcm: Int16Array, rateHz: number): readonly HeardWord[]
  /**
   * The same where an utterance that goes on is sent again, longer each time, and has its words from its beginning on. So
   * has one that is sent again because the request for it hangs.
   */
  ask(callId: string | undefined, pcm: Int16Array, rateHz: number): AskedWords
}

/** An option of each speech-to-text stand-in. Those of one sandbox share what is announced; without it, it has its own. */
export interface HearsAnnounced {
  readonly announced?: AnnouncedCalls
}

/** Begins with no call announced. */
export function openAnnouncedCalls(clock: Clock): AnnouncedCalls {
  const announced = new Map<string, AnnouncedUtterance[]>()
  /** The number of open sessions by call. */
  const openSessions = new Map<string, number>()
  /** What the last sessions of a call have heard, the latest first. */
  const memories = new Map<string, readonly Remembered[]>()
  /** The last utterance of a call that was sent as a whole. */
  const asked = new Map<string, Asked>()
  /** Sessions that may still turn out to be of any call. */
  let unnamed = 0
  /** Calls whose words are announced, the latest last. */
  const scripted = new Set<string>()

  function markScripted(callId: string): void {
    scripted.delete(callId)
    if (scripted.size >= MOST_CALLS) scripted.delete(scripted.values().next().value ?? '')
    scripted.add(callId)
  }

  function announce(callId: string, utterances: readonly AnnouncedUtterance[]): void {
    if (announced.size >= MOST_CALLS) announced.delete(announced.keys().next().value ?? '')
    announced.set(callId, [...(announced.get(callId) ?? []), ...utterances].slice(-MOST_ANNOUNCED))
    // To an open session this is said anew, however like it is to what one before has heard.
    if (openSessions.has(callId)) keepMemories(callId, ({ overMs }) => overMs === undefined)
    markScripted(callId)
  }

  function keepMemories(callId: string, isKept: (one: Remembered) => boolean): void {
    memories.set(callId, (memories.get(callId) ?? []).filter(isKept))
  }

  function forget(callId: string): void {
    announced.delete(callId)
    memories.delete(callId)
    asked.delete(callId)
  }

  /** Takes back what was told of an utterance that goes on. Its call, if this is one. */
  function takenBack(named: string | undefined, pcm: Int16Array): string | undefined {
    for (const [callId, last] of asked) {
      const isSoon = clock.now() - (last.overMs ?? clock.now()) < SAME_WITHIN_MS
      if ((named !== undefined && named !== callId) || !goesOn(last.pcm, pcm, isSoon)) continue
      const { before, left, memory } = last
      const since = (announced.get(callId) ?? []).filter(one => one !== left && !before.includes(one))
      announced.set(callId, [...before, ...since])
      keepMemories(callId, one => one.memory !== memory)
      return callId
    }
    return undefined
  }

  function count(callId: string, by: number): void {
    const sessions = (openSessions.get(callId) ?? 0) + by
    if (sessions > 0) openSessions.set(callId, sessions)
    else openSessions.delete(callId)
  }

  /** The call of a session that cannot name its own. */
  function onlyCall(): string | undefined {
    const waiting = [...announced].filter(([, utterances]) => utterances.length > 0).map(([callId]) => callId)
    const free = waiting.length > 1 ? waiting.filter(callId => !openSessions.has(callId)) : waiting
    return free.length === 1 ? free[0] : undefined
  }

  function remember(callId: string, remembered: Remembered): void {
    if (memories.size >= MOST_CALLS) memories.delete(memories.keys().next().value ?? '')
    memories.set(callId, [remembered, ...(memories.get(callId) ?? [])].slice(0, MOST_REMEMBERED))
  }

  /** The call whose sessions have heard these frames, and what was said from there on. */
  function recalled(
    levels: readonly number[],
    named: string | undefined,
    own: Remembered,
  ): { readonly callId: string; readonly words: readonly HeardWord[] } | undefined {
    for (const [callId, heard] of memories) {
      if (named !== undefined && callId !== named) continue
      for (const remembered of heard) {
        const { memory, isWhole, overMs = clock.now() } = remembered
        const withinMs = isWhole && own.isWhole ? SAME_WITHIN_MS : RECALLED_WITHIN_MS
        if (remembered === own || clock.now() - overMs > withinMs) continue
        const words = memory.after(levels)
        if (words) return { callId, words }
      }
    }
    return undefined
  }

  function join(named: string | undefined, rateHz: number, isWhole = false) {
    let callId: string | undefined
    const beganMs = clock.now()
    if (named === undefined) unnamed++
    function isOf(call: string): void {
      callId = call
      count(call, 1)
      remember(call, own)
    }
    function found(call: string | undefined): void {
      if (callId !== undefined || call === undefined) return
      unnamed--
      isOf(call)
    }
    function next(): AnnouncedUtterance | undefined {
      found(onlyCall())
      const waiting = callId === undefined ? undefined : announced.get(callId)
      // What has no words is a noise. Who is sent utterances is seldom sent one.
      while (isWhole && waiting?.[0]?.words.length === 0) waiting.shift()
      return waiting?.shift()
    }
    function recall(levels: readonly number[]): readonly HeardWord[] | undefined {
      const before = recalled(levels, callId, own)
      found(before?.callId)
      return before?.words
    }
    const isFirst = named === undefined ? memories.size === 0 : !memories.has(named)
    const transcripts = new ScriptedTranscripts(rateHz, next, isFirst ? undefined : recall)
    const own: Remembered = { memory: transcripts.memory, isWhole }
    if (named !== undefined) isOf(named)
    return {
      transcripts,
      callOf: () => callId,
      async end(how: 'lost' | 'over', signal: AbortSignal): Promise<void> {
        own.overMs = clock.now()
        if (callId === undefined) unnamed--
        else count(callId, -1)
        if (callId === undefined || how === 'lost') return
        // Who is sent an utterance at a time has no session that is open.
        const isSentElsewhere = (asked.get(callId)?.atMs ?? Number.NEGATIVE_INFINITY) >= beganMs
        await clock.sleep(RECONNECT_WITHIN_MS, signal)
        if (!openSessions.has(callId) && unnamed === 0 && !isSentElsewhere) forget(callId)
      },
    }
  }

  function hear(named: string | undefined, pcm: Int16Array, rateHz: number) {
    const { transcripts, callOf, end } = join(named, rateHz, true)
    const calls = new Map([...announced].map(([callId, utterances]) => [callId, [...utterances]]))
    const words = [...transcripts.hear(pcm), ...transcripts.hear(new Int16Array((rateHz * AFTER_LAST_WORD_MS) / 1_000))]
    // The caller paused in the middle of what was announced.
    const [next, ...rest] = transcripts.wordsLeft
    const { memory } = transcripts
    memory.cut()
    const left = next && { words: [next, ...rest], voicedFromMs: next.startMs }
    const callId = callOf()
    const nowMs = clock.now()
    const own: Asked = { atMs: nowMs, overMs: nowMs, pcm, before: calls.get(callId ?? '') ?? [], left, memory }
    if (callId !== undefined) {
      if (left) announced.get(callId)?.unshift(left)
      asked.delete(callId)
      if (asked.size >= MOST_ASKED) asked.delete(asked.keys().next().value ?? '')
      asked.set(callId, own)
    }
    end('lost', NEVER)
    return { words, callId, asked: own }
  }

  return {
    announce: (callId, utterance) => announce(callId, [utterance]),
    addRoutes(app) {
      app.put<{ Params: { callId: string } }>('/sandbox/calls/:callId', async (asked, reply) => {
        markScripted(asked.params.callId)
        return reply.code(204).send()
      })
      app.get<{ Params: { callId: string } }>('/sandbox/calls/:callId', async asked => ({
        scripted: scripted.has(asked.params.callId),
      }))
      app.route<{ Params: { callId: string } }>({
        method: ['POST', 'PUT'],
        url: '/sandbox/utterances/:callId',
        handler: async (asked, reply) => {
          const read = announcement.safeParse(asked.body)
          if (!read.success) return reply.code(400).send({ error: z.prettifyError(read.error) })
          if (asked.method === 'PUT') announced.delete(asked.params.callId)
          announce(asked.params.callId, read.data.utterances)
          return reply.code(204).send()
        },
      })
      app.delete<{ Params: { callId: string } }>('/sandbox/utterances/:callId', async (asked, reply) => {
        forget(asked.params.callId)
        return reply.code(204).send()
      })
    },
    join: (named, rateHz) => join(named, rateHz),
    wordsIn: (named, pcm, rateHz) => hear(named, pcm, rateHz).words,
    ask(named, pcm, rateHz) {
      const { words, callId, asked: own } = hear(takenBack(named, pcm) ?? named, pcm, rateHz)
      own.overMs = undefined
      return {
        words,
        async over(how, signal) {
          own.overMs = clock.now()
          if (callId === undefined || how === 'answered') return
          const said = announced.get(callId)?.at(-1)
          await clock.sleep(GIVEN_UP_FOR_MS, signal)
          const isQuiet = asked.get(callId) === own && announced.get(callId)?.at(-1) === said
          if (isQuiet && !openSessions.has(callId) && unnamed === 0) forget(callId)
        },
      }
    },
  }
}
