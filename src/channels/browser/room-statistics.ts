import type { RoomStatistics } from './room.ts'

/** The parts of WebRTC's statistics that are read, as the native client gives them. */
interface Statistic {
  readonly stats: {
    readonly case?: string | undefined
    readonly value?: unknown
  }
}

interface Received {
  readonly packetsReceived?: bigint
  readonly packetsLost?: bigint
  /** In seconds. */
  readonly jitter?: number
}

/**
 * The loss and the jitter of what the person sends, and the round trip, of WebRTC's statistics since the room was joined
 * (W3C webrtc-stats: `inbound-rtp`, `remote-inbound-rtp`). Undefined while nothing was received.
 */
export function statisticsFrom(statistics: readonly Statistic[]): RoomStatistics | undefined {
  const valuesOf = (kind: string): readonly unknown[] =>
    statistics.flatMap(({ stats }) => (stats.case === kind && stats.value !== undefined ? [stats.value] : []))
  const received = valuesOf('inboundRtp').flatMap(value => {
    const { received: some } = value as { readonly received?: Received }
    return some ? [some] : []
  })
  const [roundTrip] = valuesOf('remoteInboundRtp').flatMap(value => {
    const { remoteInbound } = value as { readonly remoteInbound?: { readonly roundTripTime?: number } }
    return remoteInbound?.roundTripTime ? [remoteInbound.roundTripTime] : []
  })
  const got = received.reduce((sum, { packetsReceived = 0n }) => sum + Number(packetsReceived), 0)
  const lost = received.reduce((sum, { packetsLost = 0n }) => sum + Math.max(0, Number(packetsLost)), 0)
  if (got + lost === 0) return undefined
  return {
    lossPercent: Math.round((lost / (got + lost)) * 1_000) / 10,
    jitterMs: Math.round(Math.max(0, ...received.map(({ jitter = 0 }) => jitter * 1_000))),
    roundTripMs: roundTrip === undefined ? undefined : Math.round(roundTrip * 1_000),
  }
}
