import { lineQuality } from '../../src/quality/line-quality.ts'
import { seeded } from '../../src/sandbox/chance.ts'

/**
 * `npm run bench:quality`: what it costs to measure a line, in ms of CPU a second of call: both legs, 50 frames a second
 * each, as the recorder is given them.
 */
const SECONDS = 20_000
const draw = seeded(1)

function cost(what: string, rateHz: number): void {
  let nowMs = 0
  const { tap, legs } = lineQuality({ clock: { now: () => nowMs }, rateHz, isDated: true, leadMs: 200 })
  const recorder = tap({
    caller: () => undefined,
    agent: () => undefined,
    moveAgent: () => undefined,
    cutAgent: () => undefined,
  })
  const frames = Array.from({ length: 50 }, () =>
    Int16Array.from({ length: rateHz / 50 }, () => (draw() - 0.5) * 20_000),
  )
  const before = process.cpuUsage()
  for (let second = 0; second < SECONDS; second++) {
    for (const [i, pcm] of frames.entries()) {
      nowMs = second * 1_000 + i * 20
      recorder.caller(pcm, nowMs, nowMs)
      recorder.agent(pcm, nowMs + 200)
    }
  }
  legs()
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`${what}: ${((user + system) / 1_000 / SECONDS).toFixed(4)} ms of CPU a second of call\n`)
}

cost('phone, 8 kHz', 8_000)
cost('browser, 16 kHz', 16_000)
