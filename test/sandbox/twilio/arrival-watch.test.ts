import { expect, test } from 'vitest'
import { openArrivalWatch } from '../../../src/sandbox/twilio/arrival-watch.ts'

/** A speech of 20 ms frames paced with a lead of 200 ms, each `lateMs(i)` late. */
function paced(frames: number, lateMs: (frame: number) => number) {
  const watch = openArrivalWatch()
  for (let i = 0; i < frames; i++) watch.arrived(1000 + Math.max(0, i * 20 - 200) + lateMs(i), 20)
  return watch
}

test('a steadily paced speech whose lead is sent at once is never late', () => {
  expect(paced(500, () => 0).figures()).toEqual({
    ...{ messages: 500, underruns: 0, underrunMs: 0 },
    latenessMs: { p50: 0, p99: 0, p999: 0, worst: 0 },
  })
})

test('a late frame has its own lateness', () => {
  const { latenessMs } = paced(500, frame => (frame === 250 ? 30 : 0)).figures()
  expect(latenessMs).toEqual({ p50: 0, p99: 0, p999: 30, worst: 30 })
})

test('a buffer that runs empty within a speech is an underrun, until the next audio', () => {
  const watch = openArrivalWatch()
  watch.arrived(0, 100)
  watch.dry(100)
  watch.dry(120)
  watch.arrived(160, 100)
  expect(watch.figures()).toMatchObject({ underruns: 1, underrunMs: 60 })
})

test('silence between two speeches, or after a clear, is neither underrun nor lateness', () => {
  const watch = openArrivalWatch()
  watch.arrived(0, 100)
  watch.dry(100)
  watch.arrived(2000, 400)
  watch.cleared()
  watch.dry(2020)
  watch.arrived(2100, 100)
  expect(watch.figures()).toMatchObject({ underruns: 0, latenessMs: { worst: 0 } })
})
