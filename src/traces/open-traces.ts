import { hostname } from 'node:os'
import type { Settings } from '../config.ts'
import { naming } from '../start-error.ts'
import { openTraces, type Traces, type TracesParts } from './traces.ts'

type TraceSettings = Pick<
  Settings,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_SERVICE_NAME' | 'models' | 'NODE_ENV'
>

/** Opens the traces of the settings. Undefined, and nothing is loaded, where there is no collector. */
export async function tracesOf(
  settings: TraceSettings,
  /** Where the language model is. */
  modelUrl: string | undefined,
  { clock, log, version }: Pick<TracesParts, 'clock' | 'log'> & { readonly version: string },
): Promise<Traces | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = settings
  if (endpoint === undefined) return undefined
  const { hostname: host, port, protocol } = new URL(modelUrl ?? 'https://localhost')
  const resource = {
    ...{ 'service.name': settings.OTEL_SERVICE_NAME, 'service.version': version, 'host.name': hostname() },
    'deployment.environment.name': settings.NODE_ENV,
  }
  const model = { model: settings.models.model, host, port: Number(port) || (protocol === 'https:' ? 443 : 80) }
  return naming('OTEL_EXPORTER_OTLP_ENDPOINT', () =>
    openTraces({ ...{ clock, log, model }, settings: { endpoint, headers, resource } }),
  )
}
