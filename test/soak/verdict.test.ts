import { expect, test } from 'vitest'
import { seeded } from '../../src/sandbox/chance.ts'
import { plotOf } from './plot.ts'
import type { Sample } from './samples.ts'
import { verdictOf } from './verdict.ts'

const MB = 1024 * 1024
const CALLS = 40
const atRest = { files: 25, sockets: 3, listeners: 34, resources: { Timeout: 5, TCPServerWrap: 1 } }

/** Samples each 5 s of so many minutes, with noise of some megabytes and a few far off, that grow by `mbAMinute`. */
function samplesOf(
  minutes: number,
  mbAMinute: number,
  seed = 1,
): readonly { readonly ownBytes: number; readonly calls: number }[] {
  const random = seeded(seed)
  return Array.from({ length: minutes * 12 }, (_, i) => {
    const far = random() < 0.05 ? 40 : 0
    return { calls: CALLS, ownBytes: (200 + (random() - 0.5) * 8 + far + (mbAMinute * i) / 12) * MB }
  })
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])('noise is no leak, and a leak is found in it (seed %i)', seed => {
  expect(verdictOf(atRest, samplesOf(4, 0, seed), atRest, CALLS).faults).toEqual([])
  expect(verdictOf(atRest, samplesOf(4, 4.5, seed), atRest, CALLS).faults).toEqual([
    expect.stringMatching(/^memory: .*second half/),
  ])
  expect(verdictOf(atRest, samplesOf(55, 0.3, seed), atRest, CALLS).faults).toHaveLength(1)
})

test.each([
  [{ ...atRest, files: 26 }, 'files: 25 before, 26 after'],
  [{ ...atRest, sockets: 4 }, 'sockets: 3 before, 4 after'],
  [{ ...atRest, listeners: 35 }, 'listeners: 34 before, 35 after'],
  [{ ...atRest, resources: { Timeout: 6, TCPServerWrap: 1 } }, 'timers: 5 before, 6 after'],
  [{ ...atRest, resources: { Timeout: 5, TCPServerWrap: 1, TCPSocketWrap: 1 } }, 'TCPSocketWrap: 0 before, 1 after'],
  [{ ...atRest, resources: { Timeout: 5 } }, 'TCPServerWrap: 1 before, 0 after'],
])('what is held at rest and was not, or the other way round, is named: %j', (after, fault) => {
  expect(verdictOf(atRest, samplesOf(4, 0), after, CALLS).faults).toEqual([fault])
})

test('what is under way at the moment is nothing held', () => {
  const busy = { ...atRest, resources: { ...atRest.resources, FSReqPromise: 1, Immediate: 1 } }
  expect(verdictOf(busy, samplesOf(4, 0), atRest, CALLS).faults).toEqual([])
})

test('a server that held too few of the calls has proved nothing', () => {
  const few = samplesOf(4, 0).map((one, i) => ({ ...one, calls: i % 2 === 0 ? 20 : 4 }))
  expect(verdictOf(atRest, few, atRest, CALLS).faults).toEqual(['only 12.0 calls of 40 at once, on average'])
})

test('too few samples prove nothing', () => {
  expect(verdictOf(atRest, samplesOf(4, 0).slice(0, 7), atRest, CALLS).faults).toEqual(['only 7 samples were taken'])
})

test('the plot is drawn of any samples', () => {
  const one = {
    ...atRest,
    atS: 5,
    calls: 1,
    residentBytes: 3 * MB,
    ownBytes: MB,
    heapBytes: MB,
    externalBytes: 0,
    arrayBytes: 0,
  }
  const samples: readonly Sample[] = [one, { ...one, atS: 10, ownBytes: 2 * MB }]
  expect(plotOf(samples, '1 call').match(/<polyline points="[\d., ]+"/g)).toHaveLength(6)
  expect(plotOf([], 'none')).not.toContain('NaN')
})
