import type { Latency } from '../line/messages.ts'

const PARTS = [
  { key: 'turnEndMs', name: 'turn end' },
  { key: 'firstTokenMs', name: 'first word' },
  { key: 'firstAudioMs', name: 'first sound' },
] as const
/** Bars of quick answers are drawn to this scale at least, so that they can be compared. */
const LEAST_SCALE_MS = 1_000

/** The longest answer sets the scale of all bars. */
export const scaleOf = (latencies: readonly (Latency | undefined)[]): number =>
  latencies.reduce((most, latency) => Math.max(most, latency?.totalMs ?? 0), LEAST_SCALE_MS)

interface LatencyBarProps {
  readonly latency: Latency
  readonly scaleMs: number
}

/** Where the time went between the caller's last sound and the agent's first one. */
export function LatencyBar({ latency, scaleMs }: LatencyBarProps) {
  const { totalMs, savedMs } = latency
  const rest = totalMs - PARTS.reduce((sum, { key }) => sum + latency[key], 0)
  const parts = [
    ...PARTS.map(({ key, name }) => ({ key, name, ms: latency[key] })),
    { key: 'rest', name: 'sending', ms: rest },
  ]
  return (
    <span className="latency">
      <svg className="bar" aria-hidden="true" preserveAspectRatio="none" viewBox={`0 0 ${scaleMs} 10`}>
        {parts.map(({ key, ms }, index) => (
          <rect
            key={key}
            className={key}
            x={parts.slice(0, index).reduce((sum, before) => sum + Math.max(0, before.ms), 0)}
            width={Math.max(0, ms)}
            height="10"
          />
        ))}
      </svg>
      <span className="sum">
        <strong>{Math.round(totalMs)} ms</strong>
        <span className="parts">
          {parts
            .filter(({ ms }) => ms >= 1)
            .map(({ key, name, ms }) => (
              <span key={key} className={key}>
                {name} {Math.round(ms)}
              </span>
            ))}
          {savedMs >= 1 && <span>{Math.round(savedMs)} saved by a draft</span>}
        </span>
      </span>
    </span>
  )
}
