import type { JournalLine } from '../conversation/lines.ts'
import type { Clock, LanguageModel, ToolContext } from '../conversation/ports.ts'
import { within } from '../conversation/scope.ts'
import type { Sight } from '../conversation/sight.ts'
import { CallSpans } from './call-spans.ts'
import { callTraceparent, toolTraceparent, traceIdOf } from './ids.ts'
import type { Otlp, OtlpSettings, SentBatch } from './otlp.ts'
import type { AskedModel } from './span.ts'

export interface TracesParts {
  readonly settings: OtlpSettings
  readonly model: AskedModel
  readonly clock: Clock
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/** A stream of a call that begins. `startedAt` is the time at which its journal's times are 0. */
export interface TracedCall {
  readonly callId: string
  readonly attempt: number
  readonly startedAt: Date
}

/** Traces of calls, sent to an OpenTelemetry collector. Nothing of it waits, or throws, in a call's way. */
export interface Traces {
  /** Follows the call by its journal. */
  ofCall(call: TracedCall): (line: JournalLine) => void
  /** The W3C trace context for the server that runs a tool. */
  traceparentOf(context: ToolContext): string
  /** The W3C trace context for providers that a call connects to. */
  traceparent(call: TracedCall): string
  /** The same sight; its server is told of the call's trace. */
  sight(sight: Sight, call: TracedCall): Sight
  /** The same model; its server is told of the call's trace. */
  model(model: LanguageModel, call: TracedCall): LanguageModel
  /** Sends what is left. Resolves in 3 s at most. */
  close(): Promise<void>
}

const CLOSE_WITHIN_MS = 3_000

/** Opens the way to the collector. Nothing is asked of it before the first span. */
export async function openTraces({ settings, model, clock, log }: TracesParts): Promise<Traces> {
  const { openOtlp } = await import('./otlp.ts')
  const otlp = openOtlp(settings, tellSending(settings.endpoint, log))
  return {
    ofCall: call => followed(call, model, otlp, log),
    traceparentOf: ({ callId, idempotencyKey }) => toolTraceparent(callId, idempotencyKey),
    traceparent: ({ callId, attempt }) => callTraceparent(callId, attempt),
    sight: (asked, { callId, attempt }) => {
      const traceparent = callTraceparent(callId, attempt)
      return { describe: (picture, about, signal) => asked.describe({ ...picture, traceparent }, about, signal) }
    },
    model: (asked, { callId, attempt }) => {
      const traceparent = callTraceparent(callId, attempt)
      return {
        get by() {
          return asked.by
        },
        reply: (prompt, signal) => asked.reply({ ...prompt, traceparent }, signal),
      }
    },
    async close() {
      const closing = () => otlp.close()
      await within(CLOSE_WITHIN_MS, 'sending the last traces', clock, closing, new AbortController().signal).catch(
        error => log.warn({ why: String(error) }, 'the last traces were not sent'),
      )
    },
  }
}

function followed(call: TracedCall, model: AskedModel, otlp: Otlp, log: TracesParts['log']) {
  const spans = new CallSpans({ callId: call.callId, attempt: call.attempt, model })
  const traceId = traceIdOf(call.callId)
  const zeroEpochMs = call.startedAt.getTime()
  let isFollowed = true
  return (line: JournalLine): void => {
    if (!isFollowed) return
    try {
      for (const span of spans.take(line)) otlp.send(span, traceId, zeroEpochMs)
    } catch (error) {
      // What a trace shall show of a call must never end it.
      isFollowed = false
      log.warn({ call: call.callId, err: error }, 'a call cannot be traced any further')
    }
  }
}

/** Logs when spans are lost for the first time, and when they pass again: a collector may be away for days. */
function tellSending(endpoint: string, log: TracesParts['log']): (batch: SentBatch) => void {
  let lost = 0
  return ({ spans, failed }) => {
    if (failed !== undefined) {
      if (lost === 0) log.warn({ endpoint: new URL(endpoint).host, why: failed }, 'traces cannot be sent')
      lost += spans
    } else if (lost > 0) {
      log.info({ lost }, 'traces are sent again')
      lost = 0
    }
  }
}
