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
  /** Why no calls are taken. */
  readonly reasonsNotReady: () => Promise<readonly string[]>
  /** What is missing though calls are taken. */
  readonly degraded: () => Promise<readonly string[]>
}

/** The metrics of a server; undefined where the settings name no port for them. Their library is loaded only then. */
export async function serverMetrics(parts: ServerMetricsParts): Promise<Metrics | undefined> {
  const { settings, agent, tools, ownTools, voice, live, broken, reasonsNotReady, degraded } = parts
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
    broken,
    isReady: async () => (await reasonsNotReady()).length === 0,
    isDegraded: async () => (await degraded()).length > 0,
    ofProcess: true,
  })
}

interface Gate {
  readonly refused: (ip: string, path: string) => void
  readonly admission: { readonly admit: (callId: string) => boolean; readonly isStopped: () => boolean }
}

/** The same, but what is refused is counted. */
export function countingRefusals<Counted extends Gate>(gate: Counted, metrics: Metrics | undefined): Counted {
  if (!metrics) return gate
  const { admission, refused } = gate
  return {
    ...gate,
    refused(ip: string, path: string) {
      metrics.refused('unsigned')
      refused(ip, path)
    },
    admission: {
      ...admission,
      admit(callId: string) {
        const isAdmitted = admission.admit(callId)
        if (!isAdmitted) metrics.refused(admission.isStopped() ? 'stopping' : 'full')
        return isAdmitted
      },
    },
  }
}
