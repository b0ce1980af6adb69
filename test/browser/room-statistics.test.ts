import { expect, test } from 'vitest'
import { statisticsFrom } from '../../src/channels/browser/room-statistics.ts'

const received = (packetsReceived: bigint, packetsLost: bigint, jitter?: number) => ({
  stats: {
    case: 'inboundRtp',
    value: { received: { packetsReceived, packetsLost, ...(jitter !== undefined && { jitter }) } },
  },
})
const roundTrip = (roundTripTime: number) => ({
  stats: { case: 'remoteInboundRtp', value: { remoteInbound: { roundTripTime } } },
})

test('the loss is of all streams together, the jitter that of the worst, the round trip the first that is told', () => {
  const told = [
    received(900n, 100n, 0.0114),
    received(960n, 40n, 0.0206),
    roundTrip(0),
    roundTrip(0.0806),
    roundTrip(9),
  ]
  expect(statisticsFrom(told)).toEqual({ lossPercent: 7, jitterMs: 21, roundTripMs: 81 })
})

test('the loss has one digit after the point', () => {
  expect(statisticsFrom([received(2n, 1n)])).toEqual({ lossPercent: 33.3, jitterMs: 0, roundTripMs: undefined })
})

test('packets that came twice are not counted as found again', () => {
  expect(statisticsFrom([received(100n, -10n, 0.001)])?.lossPercent).toBe(0)
  expect(statisticsFrom([received(50n, -10n), received(0n, 50n)])?.lossPercent).toBe(50)
})

test('all packets lost is a loss of a hundred percent', () => {
  expect(statisticsFrom([received(0n, 5n)])?.lossPercent).toBe(100)
})

test('nothing is told while nothing was received, and of other statistics', () => {
  const others = [
    { stats: { case: 'outboundRtp', value: { received: { packetsReceived: 5n } } } },
    { stats: { case: 'inboundRtp', value: {} } },
    { stats: { case: 'inboundRtp' } },
    { stats: {} },
    received(0n, 0n),
    roundTrip(0.1),
  ]
  expect([statisticsFrom([]), statisticsFrom(others)]).toEqual([undefined, undefined])
  const counts = { stats: { case: 'inboundRtp', value: { received: { packetsReceived: 5n } } } }
  expect(statisticsFrom([...others, counts])).toEqual({ lossPercent: 0, jitterMs: 0, roundTripMs: 100 })
  expect(statisticsFrom([counts, { stats: { case: 'remoteInboundRtp', value: {} } }])?.roundTripMs).toBeUndefined()
})
