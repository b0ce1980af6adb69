import type { Channel, Clock } from '../../src/conversation/ports.ts'
import type { Ledger } from './ledger.ts'

/** The line, checked for more than one speech at a time. */
export function watched(line: Channel, clock: Pick<Clock, 'now'>, ledger: Ledger): Channel {
  let playing = 0
  return {
    rateHz: line.rateHz,
    inbound(signal) {
      ledger.lifeSignals.add(signal)
      return line.inbound(signal)
    },
    async *play(speech, signal) {
      if (++playing > 1) ledger.broken.push('two speeches at once on one line')
      try {
        yield* line.play(speech, signal)
      } finally {
        playing--
      }
    },
    voice(level) {
      ledger.count(`voice ${level}`)
      ledger.levels.push({ atMs: clock.now(), level })
      line.voice(level)
    },
    echo: sinceMs => line.echo(sinceMs),
    ownShare: sinceMs => line.ownShare(sinceMs),
    ownEach: spans => line.ownEach(spans),
    close: next => line.close(next),
  }
}
