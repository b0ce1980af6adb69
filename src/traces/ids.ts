import { createHash } from 'node:crypto'

/**
 * Ids of traces and spans are made of the call's id and a place in it. So its log, its journal and its trace agree without
 * telling each other, on whichever server, and no id tells anything of the caller.
 */
const TRACE_BYTES = 16
const SPAN_BYTES = 8

/** One trace holds all streams of a call. */
export const traceIdOf = (callId: string): string => hashed(TRACE_BYTES, 'trace', callId)

const spanIdOf = (...place: readonly (string | number)[]): string => hashed(SPAN_BYTES, 'span', ...place)

/** `attempt` counts the call's streams from 1: each is a root of the trace. */
export const callSpanId = (callId: string, attempt: number): string => spanIdOf('call', callId, attempt)
export const turnSpanId = (callId: string, reply: number): string => spanIdOf('turn', callId, reply)
export const partSpanId = (callId: string, what: string, reply: number, part: number): string =>
  spanIdOf(what, callId, reply, part)
/** `key` is the idempotency key of the call: its id, and where in it the tool was called. */
export const toolSpanId = (key: string): string => spanIdOf('tool', key)

/** What follows the place in a key: a call that was agreed to together with others. */
const TOGETHER = /(:\d+-\d+-\d+)-\d+$/

/** The W3C trace context for a tool's server: a child of the tool's span. */
export const toolTraceparent = (callId: string, key: string): string =>
  traceparent(callId, toolSpanId(key.replace(TOGETHER, '$1')))

/** The W3C trace context for a provider: a child of the call's stream. */
export const callTraceparent = (callId: string, attempt: number): string =>
  traceparent(callId, callSpanId(callId, attempt))

/** Version 00, sampled (W3C Trace Context). */
const traceparent = (callId: string, spanId: string): string => `00-${traceIdOf(callId)}-${spanId}-01`

const hashed = (bytes: number, ...place: readonly (string | number)[]): string =>
  createHash('sha256')
    .update(`partyline ${JSON.stringify(place)}`)
    .digest('hex')
    .slice(0, bytes * 2)
