import type { JournalLine } from '../conversation/lines.ts'
import type { Phrase, Turn } from '../conversation/turn/turn.ts'
import { failedProvider, failureReasonOf } from './failure-reason.ts'
import type { FailureReason, Kind, Provider } from './label-values.ts'
import { HEARD_HERE, type Providers } from './requests.ts'
import type { Observation } from './table.ts'

interface Failed {
  readonly kind: Kind
  readonly provider: Provider
}

const THROWN_AWAY = 'it was thrown away'

/** What failed in a call, why, and whether the call went on by itself. */
export function failures({ stt: paid, sight }: Providers): (line: JournalLine) => readonly Observation[] {
  let stt = paid
  let turn: Turn | undefined
  /** What has just failed: the next decision tells what comes of it. */
  let last: Failed | undefined

  function failed(what: Failed, reason: FailureReason): readonly Observation[] {
    last = what
    const { kind, provider } = what
    return [{ metric: 'provider_failures_total', labels: { kind, provider, reason }, value: 1 }]
  }

  /** A new session of speech-to-text, an answer that is made again, or an apology from the disk. All else gives the call up. */
  function survived({ kind }: Failed, after: Turn): boolean {
    const phrase = phraseOf(after)
    if (kind === 'stt') return after.kind !== 'ended' && phrase !== 'give-up' && phrase !== 'transfer'
    // It was a draft: the caller goes on, and hears nothing of it.
    if (after.kind === 'hearing' || after.kind === 'settling') return true
    return phrase === 'apology'
  }

  function decided(after: Turn): readonly Observation[] {
    const before = last
    turn = after
    last = undefined
    if (before === undefined || !survived(before, after)) return []
    const { kind, provider } = before
    return [{ metric: 'provider_failovers_total', labels: { kind, provider }, value: 1 }]
  }

  return line => {
    if ('started' in line) turn = line.started.turn
    if ('decided' in line) return line.decided.kind === 'turn' ? decided(line.decided.turn) : []
    if ('noted' in line) {
      const { kind, error, by } = line.noted
      if (kind === 'heard-by' && by === 'local') stt = HEARD_HERE
      if (kind !== 'screen-look-failed' || error === THROWN_AWAY) return []
      const told = failed({ kind: 'sight', provider: sight.provider }, failureReasonOf(String(error)))
      last = undefined
      return told
    }
    if (!('input' in line)) return []
    const { input } = line
    last = undefined
    switch (input.kind) {
      case 'reply-failed':
        return failed(failedProvider(input.provider, input.why), failureReasonOf(input.why))
      case 'stt-failed':
        return failed({ kind: 'stt', provider: stt.provider }, failureReasonOf(input.why))
      case 'wait-over': {
        const isDeadAir = turn !== undefined && 'deadAir' in turn && turn.deadAir?.id === input.wait
        return isDeadAir ? failed({ kind: 'other', provider: 'partyline' }, 'dead-air') : []
      }
      default:
        return []
    }
  }
}

const phraseOf = (turn: Turn): Phrase | undefined =>
  turn.kind === 'replying' && turn.reply.content.kind === 'phrase' ? turn.reply.content.phrase : undefined
