import { afterAll, expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { TARGETS } from './targets/all.ts'

/** Few, since they are there at every change; `npm run fuzz` runs many. */
const RUNS = 5
/** They take a second to open. */
const LATER: ReadonlySet<string> = new Set(['calls', 'rest'])
let messages = 0
let changed = 0

test.each(TARGETS.filter(({ name }) => !LATER.has(name)))('$name takes whatever comes', async target => {
  let opened = await target.open()
  try {
    const done = await fuzz(target, opened, { seed: 17, runs: RUNS })
    opened = done.opened
    expect(done.finding).toBeUndefined()
    expect(done.runs).toBe(RUNS)
    messages += done.messages
    changed += done.changed
  } finally {
    await opened.close()
  }
})

afterAll(() => {
  // Edits reach messages: a session that nothing was done to shows nothing.
  expect(changed).toBeGreaterThan(messages / 40)
})
