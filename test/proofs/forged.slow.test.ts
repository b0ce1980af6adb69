import { expect, test } from 'vitest'
import { POSTS } from './forged.ts'
import { sendForged } from './forged-requests.ts'
import { SOCKETS } from './forged-upgrades.ts'

const SEED = 17

test('10,000 forged requests open no session and reach no provider', async () => {
  const outcomes = await sendForged(SEED, { posts: 8_500, upgrades: 1_000, starts: 500 })
  expect(outcomes.size).toBe(POSTS.length + SOCKETS.length + 10)
  for (const [what, statuses] of outcomes)
    for (const status of statuses)
      expect([what, status === 1008 || (status >= 400 && status < 500)]).toEqual([what, true])
})
