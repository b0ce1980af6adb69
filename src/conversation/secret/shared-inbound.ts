import type { Channel, Clock, Inbound } from '../ports.ts'
import { orAborted } from '../scope.ts'

/** Keys this soon after the secret, or after such keys, belong to it: a "#", or the whole secret once more. */
const LATE_KEY_MS = 3_000
/** Somebody who keys for so long wants something else. */
const LATEST_KEY_MS = 15_000

const withInbound = (channel: Channel, inbound: Channel['inbound']): Channel => ({
  rateHz: channel.rateHz,
  inbound,
  play: (speech, signal) => channel.play(speech, signal),
  voice: level => channel.voice(level),
  echo: sinceMs => channel.echo(sinceMs),
  ownShare: sinceMs => channel.ownShare(sinceMs),
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

/** The channel after a secret was asked: without the sound from before `fromMs`, and without late keys. */
export function afterSecret(channel: Channel, clock: Clock, fromMs: number): Channel {
  let lateUntilMs = fromMs + LATE_KEY_MS
  function belongs(inbound: Inbound): boolean {
    if (inbound.kind === 'audio') return inbound.frame.atMs >= fromMs
    if (inbound.kind !== 'digit') return true
    const nowMs = clock.now()
    if (nowMs >= lateUntilMs) return true
    lateUntilMs = Math.min(nowMs + LATE_KEY_MS, fromMs + LATEST_KEY_MS)
    return false
  }
  return withInbound(channel, async function* (signal) {
    for await (const inbound of channel.inbound(signal)) if (belongs(inbound)) yield inbound
  })
}
