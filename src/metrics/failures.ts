import type { JournalLine } from '../conversation/lines.ts'
import type { Phrase, Turn } from '../conversation/turn/turn.ts'
import { failedProvider, failureReasonOf } from './failure-reason.ts'
import type { FailureReason, Kind, Provider } from './label-values.ts'
import { KIND_OF_PORT, type Providers, servingAfter } from './requests.ts'
import type { Observation } from './table.ts'

interface Failed {
  readonly kind: Kind
  readonly provider: Provider
}

type Noted = Extract<JournalLine, { readonly noted: unknown }>['noted']

const THROWN_AWAY = 'it was thrown away'

/** What failed in a call, why, and whether the call went on by itself. */
export function failures(providers: Providers): (line: JournalLine) => readonly Observation[] {
  let serving = providers
  let turn: Turn | undefined
  /** What has just failed: the next decision tells what comes of it. */
  let last: Failed | undefined

  function failed(what: Failed, reason: FailureReason): readonly Observation[] {
    last = what
    const { kind, provider } = what
    return [{ metric: 'provider_failures_total', labels: { kind, provider, reason }, value: 1 }]
  }

  /** Another provider goes on: what has failed is the one before it. */
  function switched(before: Providers, { port, why, elsewhere }: Noted): readonly Observation[] {
    const kind = KIND_OF_PORT[String(port)]
    if (!kind) return []
    const { provider } = before[kind]
    const failover = { metric: 'provider_failovers_total', labels: { kind, provider }, value: 1 } as const
    if (elsewhere) return [failover]
    const reason = failureReasonOf(String(why))
    return [{ metric: 'provider_failures_total', labels: { kind, provider, reason }, value: 1 }, failover]
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
      const { kind, error } = line.noted
      const before = serving
      serving = servingAfter(before, line.noted)
      if (kind === 'provider-switched') return switched(before, line.noted)
      if (kind !== 'screen-look-failed' || error === THROWN_AWAY) return []
      const told = failed({ kind: 'sight', provider: serving.sight.provider }, failureReasonOf(String(error)))
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
        return failed({ kind: 'stt', provider: serving.stt.provider }, failureReasonOf(input.why))
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
