import { asJson } from '../../server/ask.ts'
import { type Answer, ask, inCall } from './ask.ts'
import type { Call, CallPage, CostReport, Forgotten, Note, Recording } from './shapes.ts'

export const askCalls = (query: string, signal: AbortSignal): Promise<Answer<CallPage>> =>
  ask(`calls?${query}`, {}, signal)

/** Opening a call is written to the audit log. */
export const askCall = (callId: string, signal: AbortSignal): Promise<Answer<Call>> => ask(inCall(callId), {}, signal)

/** A journal of an hour is some ten megabytes. */
const LINES_WITHIN_MS = 60_000
export const askLines = (callId: string, signal: AbortSignal): Promise<Answer<readonly unknown[]>> =>
  ask(inCall(callId, '/lines'), {}, signal, LINES_WITHIN_MS)

export const askCost = (callId: string, signal: AbortSignal): Promise<Answer<CostReport>> =>
  ask(inCall(callId, '/cost'), {}, signal)

/** The server reads an hour's recording in a second, and longer where it is far away. */
const PEAKS_WITHIN_MS = 60_000
export const askPeaks = (callId: string, attempt: number, signal: AbortSignal): Promise<Answer<Recording>> =>
  ask(inCall(callId, `/peaks/${attempt}`), {}, signal, PEAKS_WITHIN_MS)

export const audioPath = (callId: string, attempt: number): string =>
  `/staff/api/${inCall(callId, `/audio/${attempt}`)}`

export const putTags = (callId: string, tags: readonly string[], signal: AbortSignal): Promise<Answer<unknown>> =>
  ask(inCall(callId, '/tags'), asJson('PUT', { tags }), signal)

export const addNote = (callId: string, atMs: number, text: string, signal: AbortSignal): Promise<Answer<Note>> =>
  ask(inCall(callId, '/notes'), asJson('POST', { atMs: Math.round(atMs), text }), signal)

export const deleteNote = (callId: string, noteId: string, signal: AbortSignal): Promise<Answer<unknown>> =>
  ask(inCall(callId, `/notes/${encodeURIComponent(noteId)}`), { method: 'DELETE' }, signal)

/** Deletes every trace of this number's calls. It takes as long as there are calls. */
const FORGET_WITHIN_MS = 120_000
export const forgetCaller = (caller: string, signal: AbortSignal): Promise<Answer<Forgotten>> =>
  ask('callers/forget', asJson('POST', { caller }), signal, FORGET_WITHIN_MS)
