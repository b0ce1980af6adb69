import type { Channel, Clock, Inbound } from '../ports.ts'
import { orAborted } from '../scope.ts'

/** Keys this soon after the secret, or after such keys, belong to it: a "#", or the whole secret once more. */
const LATE_KEY_MS = 3_000
/** Somebody who keys for so long wants something else. */
const LATEST_KEY_MS = 15_000

/** The sound of the last key or word may go on for so long after the secret is known. */
export const TAIL_MS = 300

/** The same channel with another inbound. */
export const withInbound = (channel: Channel, inbound: Channel['inbound']): Channel => ({
  rateHz: channel.rateHz,
  inbound,
  play: (speech, signal) => channel.play(speech, signal),
  voice: level => channel.voice(level),
  echo: sinceMs => channel.echo(sinceMs),
  ownShare: sinceMs => channel.ownShare(sinceMs),
  ownEach: spans => channel.ownEach(spans),
  close: next => channel.close(next),
})

/**
 * The same channel for several readers, one after the other. What comes between two readers goes to the next one. The
 * channel itself is read until `signal` aborts.
 */
export function sharedInbound(channel: Channel, signal: AbortSignal): Channel {
  let reading: AsyncIterator<Inbound> | undefined
  let waiting: Promise<IteratorResult<Inbound>> | undefined

  async function* inbound(readerSignal: AbortSignal): AsyncGenerator<Inbound> {
    reading ??= channel.inbound(signal)[Symbol.asyncIterator]()
    while (!readerSignal.aborted) {
      waiting ??= reading.next()
      const next = await orAborted(waiting, readerSignal).catch(error => {
        if (!readerSignal.aborted) throw error
      })
      if (!next) return
      waiting = undefined
      if (next.done) return
      yield next.value
    }
  }
  return withInbound(channel, inbound)
}

/** Tells of each key that comes after a secret, which was known at `fromMs`, whether it belongs to it. */
export function lateKeys(clock: Clock, fromMs: number): () => boolean {
  let lateUntilMs = fromMs + LATE_KEY_MS
  return () => {
    const nowMs = clock.now()
    if (nowMs >= lateUntilMs) return false
    lateUntilMs = Math.min(nowMs + LATE_KEY_MS, fromMs + LATEST_KEY_MS)
    return true
  }
}

/** The channel after a secret was asked: without the sound from before `fromMs`, and without late keys. */
export function afterSecret(channel: Channel, clock: Clock, fromMs: number): Channel {
  const isLate = lateKeys(clock, fromMs)
  const isOfSecret = (inbound: Inbound): boolean =>
    (inbound.kind === 'audio' && inbound.frame.atMs < fromMs) || (inbound.kind === 'digit' && isLate())
  return withInbound(channel, async function* (signal) {
    for await (const inbound of channel.inbound(signal)) if (!isOfSecret(inbound)) yield inbound
  })
}
