import { expect, test } from 'vitest'
import { Unanswered } from '../../../src/providers/live/unanswered.ts'
import { silence, tone } from '../../sandbox/caller/sounds.ts'

/** After stretches of sound, each with its flush, at 0 ms. */
function after(...stretches: readonly Int16Array[]): Unanswered {
  const unanswered = new Unanswered()
  for (const pcm of stretches) {
    unanswered.sound(pcm, 8_000)
    unanswered.flush(0)
  }
  return unanswered
}

const isDead = (unanswered: Unanswered): boolean => unanswered.overdue(4_001, 4_000) !== undefined

test('who tells nothing of two stretches of speech is dead; of one, of silence, or of clicks nothing needs to be told', () => {
  expect(isDead(after(tone(600), tone(600)))).toBe(true)
  expect(isDead(after(tone(600)))).toBe(false)
  expect(isDead(after(silence(600), silence(600), silence(600)))).toBe(false)
  expect(isDead(after(tone(100), tone(100), tone(100)))).toBe(false)
})

test('an answer settles all that was said before it', () => {
  const unanswered = after(tone(600), tone(600))
  unanswered.answered()
  expect(isDead(unanswered)).toBe(false)
  unanswered.sound(tone(600), 8_000)
  unanswered.flush(0)
  expect(isDead(unanswered)).toBe(false)
})

test('more flushes do not put off the time at which it is due', () => {
  const unanswered = after(tone(600), tone(600))
  unanswered.flush(4_000)
  expect([unanswered.overdue(4_000, 4_000), isDead(unanswered)]).toEqual([undefined, true])
})
