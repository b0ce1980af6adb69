import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace'
import type { Attributes, MadeSpan } from './span.ts'

/** Loaded only where traces are wanted: it takes some 40 MB of memory. */

export interface OtlpSettings {
  /** Of the collector, without `/v1/traces`. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  /** What sends: `service.name` and the like. */
  readonly resource: Attributes
}

export interface SentBatch {
  readonly spans: number
  /** Why they could not be sent. */
  readonly failed?: string
}

export interface Otlp {
  /** `zeroEpochMs` is the wall time at which the times of the span are 0. Never waits and never throws. */
  send(span: MadeSpan, traceId: string, zeroEpochMs: number): void
  /** Resolves when what waits was sent, or has failed. */
  close(): Promise<void>
}

/** Some minutes of a full server: a span takes about 1 KB. */
const MOST_WAITING = 4_096
const BATCH = 512
const EACH_MS = 2_000
/** For one batch, with the library's own retries. */
const TIMEOUT_MS = 5_000
/** At the end all that waits is sent at once. */
const MOST_AT_ONCE = MOST_WAITING / BATCH + 1
const KINDS = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const
const SCOPE = { name: 'partyline' }
const US_PER_MS = 1e3
const NS_PER_US = 1e3

/** Sends spans to a collector over OTLP (HTTP, JSON) from a bounded queue. `onSent` is told of each batch. */
export function openOtlp(settings: OtlpSettings, onSent: (batch: SentBatch) => void): Otlp {
  const exporter = new OTLPTraceExporter({
    url: `${settings.endpoint}/v1/traces`,
    headers: { ...settings.headers },
    timeoutMillis: TIMEOUT_MS,
    concurrencyLimit: MOST_AT_ONCE,
  })
  let waiting = 0
  const told: SpanExporter = {
    export(spans, done) {
      waiting -= spans.length
      exporter.export(spans, result => {
        onSent({ spans: spans.length, ...(result.code !== 0 && { failed: result.error?.message ?? 'it failed' }) })
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
  const processor = new BatchSpanProcessor({
    ...{ exporter: told, maxQueueSize: MOST_WAITING, maxExportBatchSize: BATCH },
    ...{ scheduledDelayMillis: EACH_MS, exportTimeoutMillis: 2 * TIMEOUT_MS },
  })
  const resource = resourceFromAttributes(settings.resource)

  return {
    send(span, traceId, zeroEpochMs) {
      // The processor would drop it without a word.
      if (waiting >= MOST_WAITING) return onSent({ spans: 1, failed: 'too many spans wait' })
      waiting++
      processor.onEnd(readable(span, traceId, zeroEpochMs, resource))
    },
    async close() {
      // What could not be sent was told. The processor waits for the first failure, the exporter for all.
      await processor.shutdown().catch(() => undefined)
      await exporter.shutdown()
    },
  }
}

function readable(
  span: MadeSpan,
  traceId: string,
  zeroEpochMs: number,
  resource: ReadableSpan['resource'],
): ReadableSpan {
  const context = { traceId, spanId: span.id, traceFlags: TraceFlags.SAMPLED }
  const endMs = Math.max(span.startMs, span.endMs)
  return {
    name: span.name,
    kind: KINDS[span.kind],
    spanContext: () => context,
    ...(span.parentId !== undefined && {
      parentSpanContext: { traceId, spanId: span.parentId, traceFlags: TraceFlags.SAMPLED },
    }),
    startTime: timeOf(zeroEpochMs + span.startMs),
    endTime: timeOf(zeroEpochMs + endMs),
    duration: timeOf(endMs - span.startMs),
    status: { code: span.error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: { ...span.attributes, ...(span.error !== undefined && { 'error.type': span.error }) },
    ...{ links: [], events: [], ended: true, resource, instrumentationScope: SCOPE },
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  }
}

/** Seconds and nanoseconds, to the microsecond: the journal has no more. */
function timeOf(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1_000)
  return [seconds, Math.round((ms - seconds * 1_000) * US_PER_MS) * NS_PER_US]
}
