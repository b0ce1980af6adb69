import { setImmediate } from 'node:timers/promises'

/** Too much work is waiting already. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy'
}

/** Runs one piece of work at a time; before each the event loop serves its sockets. Throws TooBusy if `most` wait. */
export function inTurn(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let waiting = 0
  let last: Promise<unknown> = Promise.resolve()
  return async work => {
    if (waiting >= most) throw new TooBusy(`${most} are waiting`)
    waiting++
    const mine = last.then(() => setImmediate()).then(work)
    last = mine.catch(() => undefined)
    return mine.finally(() => {
      waiting--
    })
  }
}
