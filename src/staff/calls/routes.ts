import { setImmediate } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { PEAK_MS } from '../../audio/peaks.ts'
import type { Language } from '../../conversation/language.ts'
import type { JournalLine } from '../../conversation/lines.ts'
import type { Clock } from '../../conversation/ports.ts'
import type { CallsElsewhere } from '../../records/call-records.ts'
import { QueryError, type Records } from '../../records/records.ts'
import { audioPath, callPath, callQuery, newNote, notePath, type OpenedCall, tags } from '../api-shapes.ts'
import { ASKED_OFTEN, type Asking, signalOf } from '../asking.ts'
import type { LiveCalls } from '../live/live-calls.ts'
import { checked, Refusal } from '../refusal.ts'
import type { Session } from '../sign-in/sessions.ts'
import { attemptsOf } from './attempts.ts'
import { sendAudio } from './audio.ts'
import { type Mask, maskedJson, maskedLine, masking, withoutNumbers } from './masked.ts'
import type { Notes } from './notes.ts'
import type { NumberWords } from './number-words.ts'
import type { CallPeaks } from './peaks.ts'
import { sendJson } from './send-json.ts'
import { transcriptOf, webVtt } from './transcript.ts'

export interface CallRoutesParts {
  readonly clock: Clock
  readonly asking: Asking
  readonly records: Records
  readonly notes: Notes
  readonly live: Pick<LiveCalls, 'find' | 'list'>
  readonly elsewhere: CallsElsewhere
  readonly languageOf: (code: string) => Language
  readonly numberWords: () => NumberWords
  readonly peaks: CallPeaks
}

/** Journals of an hour have a hundred thousand lines: calls go on between two pieces of one. */
const LINES_AT_ONCE = 200
/** A player asks for a recording in pieces: one row of the audit log stands for all of a minute. */
const SAME_OPENING_MS = 60_000
const MOST_OPENINGS = 1_000
/** A call comes back a few times at most. */
const MOST_ATTEMPTS = 99

export const noSuchCall = (): Refusal => new Refusal('not-found', 'There is no such call.')
const seesOf = ({ role }: Session) => (role === 'supervisor' ? 'numbers' : 'masked') as 'numbers' | 'masked'

/** The list of calls, and what there is of each, under /staff/api/calls. */
export function callRoutes(app: FastifyInstance, parts: CallRoutesParts): void {
  const { clock, asking, records, notes, live, elsewhere, numberWords } = parts
  const opened = new Map<string, number>()

  /** Takes numbers out of texts for listeners. */
  async function maskFor(who: Session, callId: string, signal: AbortSignal): Promise<Mask> {
    if (who.role === 'supervisor') return undefined
    const known = (await records.get(callId, 'numbers', signal)) ?? live.find(callId) ?? (await elsewhere.find(callId))
    return masking(known?.caller ?? null, numberWords())
  }

  async function send(reply: FastifyReply, who: Session, callId: string, value: unknown, signal: AbortSignal) {
    const mask = await maskFor(who, callId, signal)
    return reply.type('application/json; charset=utf-8').send(maskedJson(value, mask))
  }

  async function linesOf(callId: string, signal: AbortSignal): Promise<readonly JournalLine[]> {
    const lines = await records.lines(callId, signal)
    if (!lines) throw noSuchCall()
    return lines
  }

  function languageIn(lines: readonly JournalLine[]): Language {
    for (const line of lines) if ('started' in line) return parts.languageOf(line.started.language)
    return parts.languageOf('en')
  }

  async function transcript(callId: string, signal: AbortSignal) {
    const lines = await linesOf(callId, signal)
    return transcriptOf(callId, lines, languageIn(lines))
  }

  app.get('/staff/api/calls', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { from, to, ...query } = checked(callQuery, request.query)
    // The answers would tell a listener whose the calls are.
    if (query.caller !== undefined && who.role !== 'supervisor')
      throw new Refusal('forbidden', 'Only supervisors may look for a caller.')
    if (who.role !== 'supervisor' && query.words && withoutNumbers(query.words, numberWords()) !== query.words)
      throw new Refusal('forbidden', 'Only supervisors may look for a number.')
    if (query.caller !== undefined) await asking.wrote(who, 'searched-caller')
    const given = Object.fromEntries(Object.entries({ from, to, ...query }).filter(([, value]) => value !== undefined))
    try {
      const page = await records.list(given, seesOf(who), signalOf(reply))
      if (who.role === 'supervisor') return page
      return {
        ...page,
        calls: page.calls.map(call => ({ ...call, tags: call.tags.map(tag => withoutNumbers(tag, numberWords())) })),
      }
    } catch (error) {
      if (error instanceof QueryError) throw new Refusal('invalid', error.message)
      throw error
    }
  })

  app.get('/staff/api/calls/:id', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const signal = signalOf(reply)
    const summary = await records.get(id, seesOf(who), signal)
    if (!summary) throw noSuchCall()
    await asking.wrote(who, 'opened', id)
    const attempts = attemptsOf((await records.lines(id, signal)) ?? [])
    const answer: OpenedCall = {
      ...{ ...summary, tags: summary.tags },
      attempts: await Promise.all(
        attempts.slice(0, MOST_ATTEMPTS).map(async ({ attempt, startMs }) => ({
          attempt,
          audio: (await records.audio(id, attempt, signal)) !== undefined,
          startMs,
        })),
      ),
      notes: await notes.of(id),
    }
    return send(reply, who, id, answer, signal)
  })

  app.get('/staff/api/calls/:id/lines', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const signal = signalOf(reply)
    const lines = await linesOf(id, signal)
    await asking.wrote(who, 'lines', id)
    const mask = await maskFor(who, id, signal)
    async function* pieces(): AsyncGenerator<string> {
      for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
        const some = lines.slice(from, from + LINES_AT_ONCE).map(line => maskedLine(line, mask))
        yield `${from === 0 ? '[' : ','}${some.join(',\n')}`
        await setImmediate(undefined, { signal })
      }
      yield lines.length === 0 ? '[]' : ']'
    }
    return sendJson(reply, pieces(), request.headers['accept-encoding'])
  })

  app.get('/staff/api/calls/:id/audio/:attempt', { ...ASKED_OFTEN, exposeHeadRoute: false }, async (request, reply) => {
    const who = await asking.who(request)
    const { id, attempt } = checked(audioPath, request.params)
    const signal = signalOf(reply)
    const audio = await records.audio(id, attempt, signal)
    if (!audio) throw new Refusal('not-found', 'There is no such recording.')
    await wroteOnce(who, 'audio', id, attempt)
    return sendAudio(reply, audio, request.headers.range, signal)
  })

  app.get('/staff/api/calls/:id/peaks/:attempt', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id, attempt } = checked(audioPath, request.params)
    const signal = signalOf(reply)
    const audio = await records.audio(id, attempt, signal)
    if (!audio) throw new Refusal('not-found', 'There is no such recording.')
    await wroteOnce(who, 'waveform', id, attempt)
    const { lengthMs, left, right } = await parts.peaks.of(id, attempt, audio, signal)
    const base64 = (side: Uint8Array): string => Buffer.from(side).toString('base64')
    return { lengthMs, peakMs: PEAK_MS, caller: base64(left), agent: base64(right) }
  })

  async function wroteOnce(who: Session, action: 'audio' | 'waveform', callId: string, attempt: number): Promise<void> {
    const key = `${who.id} ${action} ${callId} ${attempt}`
    const now = clock.now()
    const before = opened.get(key)
    if (before !== undefined && now - before < SAME_OPENING_MS) return
    await asking.wrote(who, action, callId, `attempt ${attempt}`)
    opened.delete(key)
    opened.set(key, now)
    const [oldest] = opened.keys()
    if (opened.size > MOST_OPENINGS && oldest !== undefined) opened.delete(oldest)
  }

  app.get('/staff/api/calls/:id/transcript', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const signal = signalOf(reply)
    const found = await transcript(id, signal)
    await asking.wrote(who, 'transcript', id)
    return send(reply, who, id, found, signal)
  })

  app.get('/staff/api/calls/:id/transcript.vtt', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const signal = signalOf(reply)
    const found = await transcript(id, signal)
    await asking.wrote(who, 'transcript', id)
    const mask = await maskFor(who, id, signal)
    const masked = {
      ...found,
      entries: found.entries.map(entry => ({ ...entry, text: mask?.text(entry.text) ?? entry.text })),
    }
    return reply.type('text/vtt; charset=utf-8').send(webVtt(masked))
  })

  app.get('/staff/api/calls/:id/cost', ASKED_OFTEN, async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const found = await records.cost(id, signalOf(reply))
    if (!found) throw noSuchCall()
    await asking.wrote(who, 'cost', id)
    return found
  })

  app.put('/staff/api/calls/:id/tags', async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const wanted = [...new Set(checked(tags, request.body).tags)]
    await asking.wrote(who, 'tags', id)
    try {
      if (!(await records.setTags(id, wanted))) throw noSuchCall()
    } catch (error) {
      if (error instanceof QueryError) throw new Refusal('invalid', error.message)
      throw error
    }
    return send(reply, who, id, { tags: wanted }, signalOf(reply))
  })

  app.post('/staff/api/calls/:id/notes', async (request, reply) => {
    const who = await asking.who(request)
    const { id } = checked(callPath, request.params)
    const { atMs, text } = checked(newNote, request.body)
    const signal = signalOf(reply)
    const call = await records.get(id, 'masked', signal)
    if (!call) throw noSuchCall()
    await asking.wrote(who, 'note', id)
    const note = await notes.add(call, { atMs, text, by: who.name }, clock.wallTime())
    if (!note) throw new Refusal('busy', 'This call has 200 notes, which is the most.')
    reply.code(201)
    return send(reply, who, id, note, signal)
  })

  app.delete('/staff/api/calls/:id/notes/:noteId', async (request, reply) => {
    const who = await asking.who(request)
    const { id, noteId } = checked(notePath, request.params)
    await asking.wrote(who, 'note-deleted', id)
    if (!(await notes.remove(id, noteId))) throw new Refusal('not-found', 'There is no such note.')
    return reply.code(204).send()
  })
}
