import { expect, test } from 'vitest'
import { POSTS } from './forged.ts'
import { sendForged } from './forged-requests.ts'
import { SOCKETS } from './forged-upgrades.ts'

test('of each kind of forged request some are refused, and nothing comes of any', async () => {
  const outcomes = await sendForged(1, { posts: 4 * POSTS.length, upgrades: 2 * SOCKETS.length, starts: 20 })
  expect(outcomes.size).toBe(POSTS.length + SOCKETS.length + 10)
  for (const [what, statuses] of outcomes)
    for (const status of statuses)
      expect([what, status === 1008 || (status >= 400 && status < 500)]).toEqual([what, true])
})
