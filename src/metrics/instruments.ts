import { Counter, Gauge, Histogram, type OpenMetricsContentType, type Registry } from 'prom-client'
import { type LabelValues, OTHER } from './label-values.ts'
import { METRICS, type MetricName, type Observation } from './table.ts'

/** The values of the labels that the settings name. */
export interface Configured {
  readonly agents: readonly string[]
  readonly models: readonly string[]
  /** Asked at each call of a tool: servers of tools come and go. */
  readonly tools: () => readonly string[]
}

/** No more tools than this get a series of their own: a server of tools may name them anew each time that it starts. */
const MOST_TOOLS = 64
/** OpenMetrics allows 128 letters for an exemplar's name and value. */
const MOST_EXEMPLAR_LETTERS = 100
/** Each frame of a call is told, so an exemplar of it would say nothing. */
const WITHOUT_EXEMPLAR: readonly MetricName[] = ['frame_late_seconds']

type Labels = Readonly<Record<string, string>>

/** All metrics of the table in one registry. Whatever it is told, a label has no value beyond its set. */
export interface Instruments {
  /** Counts one observation of a call. Never throws. */
  record(observation: Observation, callId?: string): void
  /** Begins a counter at 0, so that its first event is seen as one. */
  zero(metric: MetricName, labels: Labels): void
  /** Computes a gauge at each scrape; what it does not set is gone. */
  gauge(metric: MetricName, set: (put: (labels: Labels, value: number) => void) => void | Promise<void>): void
}

export function instrumentsIn(registry: Registry<OpenMetricsContentType>, configured: Configured): Instruments {
  const counters = new Map<MetricName, Counter>()
  const histograms = new Map<MetricName, Histogram>()
  const tools = new Set<string>()
  const registers = [registry]

  for (const name of namesOf('counter', 'histogram')) {
    const { help, labels, ...definition } = METRICS[name]
    const about = { name: `partyline_${name}`, help, labelNames: Object.keys(labels), registers }
    const enableExemplars = !WITHOUT_EXEMPLAR.includes(name)
    if ('buckets' in definition)
      histograms.set(name, new Histogram({ ...about, enableExemplars, buckets: [...definition.buckets] }))
    else counters.set(name, new Counter({ ...about, enableExemplars }))
  }

  function isTool(name: string): boolean {
    if (tools.has(name)) return true
    if (tools.size >= MOST_TOOLS || !configured.tools().includes(name)) return false
    tools.add(name)
    return true
  }

  function isKnown(values: LabelValues, value: string): boolean {
    switch (values) {
      case 'tools':
        return isTool(value)
      case 'agents':
      case 'models':
        return configured[values].includes(value)
      default:
        return values.includes(value)
    }
  }

  function bounded(metric: MetricName, labels: Labels): Record<string, string> {
    const sets: Readonly<Record<string, LabelValues>> = METRICS[metric].labels
    return Object.fromEntries(
      Object.entries(sets).map(([label, values]) => {
        const value = labels[label] ?? OTHER
        return [label, isKnown(values, value) ? value : OTHER]
      }),
    )
  }

  return {
    record({ metric, labels: found, value }, callId) {
      if (!Number.isFinite(value) || value < 0) return
      const labels = bounded(metric, found)
      if (WITHOUT_EXEMPLAR.includes(metric)) return histograms.get(metric)?.observe(labels, value)
      const exemplarLabels = { call_id: (callId ?? '').slice(0, MOST_EXEMPLAR_LETTERS) }
      const told = { labels, value, ...(callId !== undefined && { exemplarLabels }) }
      counters.get(metric)?.inc(told)
      histograms.get(metric)?.observe(told)
    },
    zero(metric, labels) {
      counters.get(metric)?.inc({ labels: bounded(metric, labels), value: 0 })
    },
    gauge(metric, set) {
      const { help, labels } = METRICS[metric]
      new Gauge({
        name: `partyline_${metric}`,
        ...{ help, labelNames: Object.keys(labels), registers },
        async collect() {
          this.reset()
          await set((found, value) => this.set(bounded(metric, found), value))
        },
      })
    },
  }
}

const namesOf = (...kinds: readonly string[]): readonly MetricName[] =>
  (Object.keys(METRICS) as MetricName[]).filter(name => kinds.includes(METRICS[name].kind))
