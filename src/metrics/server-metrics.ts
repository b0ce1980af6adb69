import type { Settings } from '../config.ts'
import type { Agent } from '../conversation/agent.ts'
import type { ToolSet } from '../conversation/ports.ts'
import type { Metrics, MetricsParts } from './open-metrics.ts'

export interface ServerMetricsParts {
  readonly settings: Pick<Settings, 'METRICS_PORT' | 'MAX_CALLS' | 'providers' | 'models' | 'voiceId'>
  readonly agent: Agent
  readonly tools: ToolSet
  /** The names of those that are added where a screen can be shown. */
  readonly ownTools: readonly string[]
  /** The model that speaks. */
  readonly voice: string
  /** The calls that are held now. */
  readonly live: () => readonly { readonly channel: string }[]
  /** The providers that are taken for broken now. */
  readonly broken: MetricsParts['broken']
  /** How many callers wait for a slot. */
  readonly waiting: () => number
  /** Whether no calls are taken because the event loop is late. */
  readonly isLate: () => boolean
  /** Why no calls are taken. */
  readonly reasonsNotReady: () => Promise<readonly string[]>
  /** What is missing though calls are taken. */
  readonly degraded: () => Promise<readonly string[]>
}

/** The metrics of a server; undefined where the settings name no port for them. Their library is loaded only then. */
export async function serverMetrics(parts: ServerMetricsParts): Promise<Metrics | undefined> {
  const { settings, agent, tools, ownTools, voice, live, broken } = parts
  const { reasonsNotReady, degraded, waiting, isLate } = parts
  if (settings.METRICS_PORT === undefined) return undefined
  const { openMetrics } = await import('./open-metrics.ts')
  const speaksHere = settings.providers.TTS[0]?.name === 'local'
  return openMetrics({
    models: { ...settings.models, voice: speaksHere ? settings.voiceId : voice },
    speaksHere,
    agent: agent.name,
    tools: () => [...tools.specs.map(({ name }) => name), ...ownTools],
    slots: settings.MAX_CALLS,
    activeChannels: () => live().map(({ channel }) => channel),
    ...{ broken, waiting, isLate },
    isReady: async () => (await reasonsNotReady()).length === 0,
    isDegraded: async () => (await degraded()).length > 0,
    ofProcess: true,
  })
}

/** The same, but requests that are refused for want of a signature are counted. */
export const countingUnsigned =
  (refused: (ip: string, path: string) => void, metrics: Metrics | undefined) =>
  (ip: string, path: string): void => {
    metrics?.refused('unsigned')
    refused(ip, path)
  }
