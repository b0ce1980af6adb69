import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../conversation/ports.ts'
import { type AnnouncedUtterance, type HeardWord, ScriptedTranscripts } from './deepgram/scripted-transcripts.ts'

const word = z.object({ text: z.string(), startMs: z.number(), endMs: z.number() })
const announcement = z.object({
  utterances: z
    .array(z.object({ words: z.array(word).max(500), voicedFromMs: z.number() }))
    .min(1)
    .max(100),
})

const MOST_CALLS = 2_000
const MOST_ANNOUNCED = 100
/** A new session within this time after the old one still gets the call's announced words. */
const RECONNECT_WITHIN_MS = 2_000
/** A detector may cut an utterance at the very end of its last word. */
const AFTER_LAST_WORD_MS = 60

/** What one session of a speech-to-text service hears. */
export interface ScriptedSession {
  readonly transcripts: ScriptedTranscripts
  /** Call it once. `lost`: the call may come back with another session. `over`: what is still announced is forgotten. */
  end(how: 'lost' | 'over', signal: AbortSignal): Promise<void>
}

/**
 * What the callers of a sandbox are about to say, for all its speech-to-text services: they detect speech by its energy,
 * and take the words from here. A service whose clients can name the call passes its id; any other passes undefined, and
 * gets the one call that is announced: of several those that no other session has.
 */
export interface AnnouncedCalls {
  /**
   * `POST /sandbox/utterances/ID` announces what the caller of a call is about to say. `PUT /sandbox/calls/ID` says that
   * this caller is scripted, as an announcement does, and `GET` asks whether they are.
   */
  addRoutes(app: FastifyInstance): void
  /** Announces one more utterance of a call. */
  announce(callId: string, utterance: AnnouncedUtterance): void
  /** Begins a session. `rateHz` is that of the sound that it will be given. */
  join(callId: string | undefined, rateHz: number): ScriptedSession
  /** For services that are sent an utterance at a time: the words in its sound. Words after it are for the next one. */
  wordsIn(callId: string | undefined, pcm: Int16Array, rateHz: number): readonly HeardWord[]
}

/** An option of each speech-to-text stand-in. Those of one sandbox share what is announced; without it, it has its own. */
export interface HearsAnnounced {
  readonly announced?: AnnouncedCalls
}

export function openAnnouncedCalls(clock: Clock): AnnouncedCalls {
  const announced = new Map<string, AnnouncedUtterance[]>()
  /** The number of open sessions by call. */
  const openSessions = new Map<string, number>()
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
    markScripted(callId)
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
      app.post<{ Params: { callId: string } }>('/sandbox/utterances/:callId', async (asked, reply) => {
        const read = announcement.safeParse(asked.body)
        if (!read.success) return reply.code(400).send({ error: z.prettifyError(read.error) })
        announce(asked.params.callId, read.data.utterances)
        return reply.code(204).send()
      })
    },
    join(named, rateHz) {
      let callId = named
      if (callId === undefined) unnamed++
      else count(callId, 1)
      function next(): AnnouncedUtterance | undefined {
        if (callId === undefined) {
          callId = onlyCall()
          if (callId === undefined) return undefined
          unnamed--
          count(callId, 1)
        }
        return announced.get(callId)?.shift()
      }
      return {
        transcripts: new ScriptedTranscripts(rateHz, next),
        async end(how, signal) {
          if (callId === undefined) unnamed--
          else count(callId, -1)
          if (callId === undefined || how === 'lost') return
          await clock.sleep(RECONNECT_WITHIN_MS, signal)
          if (!openSessions.has(callId) && unnamed === 0) announced.delete(callId)
        },
      }
    },
    wordsIn(named, pcm, rateHz) {
      const callId = named ?? onlyCall()
      const utterances = callId === undefined ? undefined : announced.get(callId)
      if (!utterances) return []
      let last: AnnouncedUtterance | undefined
      const transcripts = new ScriptedTranscripts(rateHz, () => {
        last = utterances.shift()
        return last
      })
      const silence = new Int16Array((rateHz * AFTER_LAST_WORD_MS) / 1_000)
      const heard = [...transcripts.hear(pcm), ...transcripts.hear(silence)]
      const left = last?.words.slice(last.words.length - transcripts.wordsLeft) ?? []
      // The caller paused in the middle of what was announced.
      if (left[0]) utterances.unshift({ words: left, voicedFromMs: left[0].startMs })
      return heard
    },
  }
}
