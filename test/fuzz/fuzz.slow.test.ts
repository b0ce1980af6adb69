import { expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets/all.ts'

const RUNS: Readonly<Record<string, number>> = { calls: 8, rest: 150 }

test.each(TARGETS.filter(({ name }) => name in RUNS))('$name: the whole server takes whatever comes', async target => {
  let opened = await target.open()
  try {
    const done = await fuzz(target, opened, { seed: 17, runs: RUNS[target.name] ?? 0 })
    opened = done.opened
    expect(done.finding).toBeUndefined()
    expect(done.changed).toBeGreaterThan(0)
  } finally {
    await opened.close()
  }
})
