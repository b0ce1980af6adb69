import { monitorEventLoopDelay } from 'node:perf_hooks'
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import { collectDefaultMetrics, type OpenMetricsContentType, Registry } from 'prom-client'
import type { Agent } from '../conversation/agent.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { type ModelsInForce, type ProviderInForce, pricesFor } from '../costs/prices.ts'
import { observationsOf } from './call-observations.ts'
import { instrumentsIn } from './instruments.ts'
import {
  CHANNELS,
  DRAFTS,
  FAILURES,
  LOST,
  labelOf,
  OUTCOMES,
  type Provider,
  REFUSALS,
  VENDORS,
  VERDICTS,
  WASTE,
} from './label-values.ts'
import { plainText } from './plain-text.ts'
import { HEARD_HERE, type Providers } from './requests.ts'

export interface MetricsParts {
  readonly models: ModelsInForce & { readonly voice: string }
  /** Whether this machine speaks by itself. */
  readonly speaksHere: boolean
  readonly agent: string
  readonly tools: () => readonly string[]
  readonly slots: number
  /** How many callers wait for a slot. */
  readonly waiting: () => number
  /** Whether no calls are taken because the event loop is late. */
  readonly isLate: () => boolean
  /** The channel of each call that is held now. */
  readonly activeChannels: () => readonly string[]
  /** The providers that are taken for broken now, as the settings name them. */
  readonly broken: () => readonly { readonly port: ProviderInForce['port']; readonly name: string }[]
  readonly isReady: () => Promise<boolean>
  /** Something is missing though calls are taken. */
  readonly isDegraded: () => Promise<boolean>
  /** Whether the figures of the process are told too: they go on until it ends. */
  readonly ofProcess: boolean
}

/** A stream of a call that begins. */
export interface MeasuredCall {
  readonly callId: string
  readonly agent: Agent
  readonly channel: string
  readonly before: readonly JournalLine[]
}

/** What a server tells of itself and its calls, for Prometheus. */
export interface Metrics {
  /** Is told each line of the call's journal. Never throws. */
  ofCall(call: MeasuredCall): (line: JournalLine) => void
  frameLate(lateMs: number): void
  refused(reason: (typeof REFUSALS)[number]): void
  /** `GET /metrics`, not yet listening: it must never be at the public port. */
  readonly app: FastifyInstance
  close(): Promise<void>
}

/** The library's own figures of the event loop count the pause between two looks as lag; ours do not. */
const LAG_OF_LIBRARY = /^nodejs_eventloop_lag/
const LAG_EVERY_MS = 20
const SELDOM_MS = 60_000
const REQUEST_MS = 10_000
const HEADERS_MS = 5_000
/** Nobody has anything to send here. */
const MOST_BODY_BYTES = 1_024
/** Of one address. */
const REQUESTS_A_MINUTE = { max: 300, timeWindow: 60_000 }
const OPENMETRICS = /application\/openmetrics-text/

/** Makes the registry of one server, and what serves it. Loaded only where metrics are wanted. */
export function openMetrics(parts: MetricsParts): Metrics {
  const registry = new Registry<OpenMetricsContentType>()
  // Exemplars are in this format alone.
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
  const { models, agent } = parts
  const instruments = instrumentsIn(registry, {
    agents: [agent],
    models: [
      ...[models.speechToText, models.model, models.sight, models.voice, HEARD_HERE.model],
      ...(models.providers ?? []).map(({ model }) => model),
    ],
    tools: parts.tools,
  })
  const prices = pricesFor(models)
  const named = (models.providers ?? []).map(({ port, name, model }) => ({
    port,
    name,
    provider: labelOf(port, name),
    model,
  }))
  const first = (port: ProviderInForce['port'], usual: Provider): Provider =>
    named.find(some => some.port === port)?.provider ?? usual
  const providers: Providers = {
    stt:
      models.speechToText === HEARD_HERE.model
        ? HEARD_HERE
        : { provider: first('STT', 'deepgram'), model: models.speechToText },
    llm: { provider: first('LLM', 'openai'), model: models.model },
    tts: { provider: parts.speaksHere ? 'local-voice' : first('TTS', 'cartesia'), model: models.voice },
    sight: { provider: 'gemini', model: models.sight },
    named,
  }
  if (parts.ofProcess) {
    collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: SELDOM_MS })
    for (const { name } of registry.getMetricsAsArray().filter(({ name }) => LAG_OF_LIBRARY.test(name)))
      registry.removeSingleMetric(name)
  }

  const lag = monitorEventLoopDelay({ resolution: LAG_EVERY_MS })
  lag.enable()
  instruments.gauge('event_loop_lag_seconds', put => {
    for (const quantile of [0.5, 0.99, 1]) {
      const lateMs = lag.count === 0 ? 0 : lag.percentile(quantile * 100) / 1e6 - LAG_EVERY_MS
      put({ quantile: String(quantile) }, Math.max(0, lateMs) / 1_000)
    }
    lag.reset()
  })
  instruments.gauge('active_calls', put => {
    const active = parts.activeChannels()
    for (const channel of CHANNELS) put({ channel }, active.filter(one => one === channel).length)
  })
  instruments.gauge('call_slots', put => put({}, parts.slots))
  instruments.gauge('waiting_callers', put => put({}, parts.waiting()))
  instruments.gauge('shedding_calls', put => put({}, parts.isLate() ? 1 : 0))
  instruments.gauge('provider_broken', put => {
    const { named: _all, ...serving } = providers
    for (const [kind, { provider }] of Object.entries(serving)) put({ kind, provider }, 0)
    for (const { port, provider } of named) put({ kind: port.toLowerCase(), provider }, 0)
    for (const { port, name } of parts.broken()) put({ kind: port.toLowerCase(), provider: labelOf(port, name) }, 1)
  })
  instruments.gauge('ready', async put => put({}, (await parts.isReady()) ? 1 : 0))
  instruments.gauge('degraded', async put => put({}, (await parts.isDegraded()) ? 1 : 0))
  beginAtZero()

  /** Prometheus sees no rise in a counter that begins with its first event. */
  function beginAtZero(): void {
    for (const judged of VERDICTS) instruments.zero('overlaps_total', { judged })
    for (const outcome of DRAFTS) instruments.zero('drafts_total', { outcome })
    for (const reason of REFUSALS) instruments.zero('refused_calls_total', { reason })
    for (const what of WASTE) instruments.zero('cost_wasted_usd_total', { what })
    for (const what of LOST) instruments.zero('records_lost_total', { what })
    for (const vendor of VENDORS) instruments.zero('cost_usd_total', { vendor, agent })
    for (const outcome of OUTCOMES)
      for (const channel of CHANNELS) instruments.zero('calls_total', { outcome, channel, agent })
    const { named: _all, ...serving } = providers
    for (const [kind, { provider }] of Object.entries(serving)) {
      instruments.zero('provider_failovers_total', { kind, provider })
      for (const reason of FAILURES) instruments.zero('provider_failures_total', { kind, provider, reason })
    }
    for (const tool of parts.tools())
      for (const outcome of ['done', 'failed']) instruments.zero('tool_calls_total', { tool, outcome })
  }

  /** Who asks meanwhile gets the same: nobody can make the server do it more than once at a time. */
  let asked: Promise<string> | undefined
  function text(): Promise<string> {
    asked ??= registry.metrics().finally(() => {
      asked = undefined
    })
    return asked
  }

  const app = Fastify({
    ...{ requestTimeout: REQUEST_MS, forceCloseConnections: true, bodyLimit: MOST_BODY_BYTES },
    http: { headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1_000 },
  })
  app.register(async scope => {
    await scope.register(rateLimit, REQUESTS_A_MINUTE)
    scope.get('/metrics', async (request, reply) => {
      const wanted = OPENMETRICS.test(request.headers.accept ?? '')
      const type = wanted ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
      return reply.type(type).send(wanted ? await text() : plainText(await text()))
    })
  })

  return {
    ofCall({ callId, agent: { name, language }, channel, before }) {
      const observe = observationsOf({ agent: name, language, channel, before, prices, providers })
      return line => {
        for (const observation of observe(line)) instruments.record(observation, callId)
      }
    },
    frameLate(lateMs) {
      // A frame may leave a little before its deadline.
      instruments.record({ metric: 'frame_late_seconds', labels: {}, value: Math.max(0, lateMs) / 1_000 })
    },
    refused: reason => instruments.record({ metric: 'refused_calls_total', labels: { reason }, value: 1 }),
    app,
    async close() {
      lag.disable()
      await app.close()
    },
  }
}
