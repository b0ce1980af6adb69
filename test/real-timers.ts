import { afterAll } from 'vitest'
import { hasRealTimers } from './whole-call/library-timers.ts'

// Files share their process: timers that one leaves on a clock of its own would stand still in all that come after it.
afterAll(() => {
  if (!hasRealTimers()) throw new Error('this file left libraries’ timers on a virtual clock: call `close`')
})
