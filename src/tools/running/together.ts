import type { ToolCall, ToolContext } from '../../conversation/ports.ts'
import type { OfferedTool } from '../settings/offered-tools.ts'
import { type Confirmations, needsAgreement, type PendingCall, type Verdict } from './confirmation.ts'

/** A call of a tool that is offered, with arguments as its server announced them. */
export interface KnownCall {
  readonly call: ToolCall
  readonly offered: OfferedTool
  readonly given: Readonly<Record<string, unknown>>
}

/** The calls that the caller is asked about together, and what may be done with them. */
export interface Judged {
  readonly group: readonly PendingCall[]
  readonly verdict: Verdict
}

/** Makes the caller be asked, once, when a model wants to change more than one existing thing in one reply. */
export interface ChangesTogether {
  /** All calls of one answer are judged once: those that change existing things as one group, each other one alone. */
  judged(
    asked: KnownCall,
    known: (call: ToolCall) => KnownCall | string,
    context: ToolContext,
    pendingOf: (known: KnownCall) => PendingCall,
  ): Promise<Judged>
  /** This call has changed something, or may have. */
  changed(offered: OfferedTool, context: ToolContext): void
}

const MOST_CALLS = 1_000

export function changesTogether(confirm: Confirmations): ChangesTogether {
  const judgedAnswers = new WeakMap<readonly ToolCall[], Promise<Judged>>()
  /** The last reply of each call of a caller in which an existing thing was changed. */
  const changedIn = new Map<string, number>()

  async function judgedAs(group: readonly PendingCall[], context: ToolContext): Promise<Judged> {
    const { agreed, callId, together, asksFirst = false } = context
    const isSecond = together !== undefined && changedIn.get(callId) === together.reply
    // Where others may have put words into the model's mouth, a yes counts only for what was asked.
    const mustAsk = group.some(
      ({ offered }) => (isSecond && !agreed && changesExisting(offered)) || (asksFirst && changesMore(offered)),
    )
    return { group, verdict: await confirm.verdict(group, mustAsk) }
  }

  return {
    judged(asked, known, context, pendingOf) {
      const pending = pendingOf(asked)
      if (context.agreed) {
        const rest = confirm.rest(context.callId, asked.offered.tool.name, asked.given).map(known)
        return judgedAs([pending, ...rest.flatMap(one => (typeof one === 'string' ? [] : pendingOf(one)))], context)
      }
      const calls = context.together?.calls ?? []
      if (calls.length < 2 || !belongs(pending)) return judgedAs([pending], context)
      const before = judgedAnswers.get(calls)
      if (before) return before
      const all = calls.map(known).flatMap(one => (typeof one === 'string' ? [] : pendingOf(one)))
      const group = distinct(all.filter(belongs))
      if (group.length < 2) return judgedAs([pending], context)
      const judged = judgedAs(group, context)
      judgedAnswers.set(calls, judged)
      return judged
    },
    changed(offered, { callId, together }) {
      if (together === undefined || !changesExisting(offered)) return
      changedIn.delete(callId)
      changedIn.set(callId, together.reply)
      const [oldest] = changedIn.keys()
      if (changedIn.size > MOST_CALLS && oldest !== undefined) changedIn.delete(oldest)
    },
  }
}

const changesExisting = (offered: OfferedTool): boolean =>
  offered.changes && (Boolean(offered.policy.several) || needsAgreement(offered))

/** Any change but an addition, whether or not its settings say how to ask about several. */
const changesMore = ({ changes, policy }: OfferedTool): boolean => changes && policy.adds !== true

/** A change that is in doubt is asked about alone, in words of its own. */
const belongs = ({ offered, isInDoubt, context }: PendingCall): boolean =>
  (changesExisting(offered) || (context.asksFirst === true && changesMore(offered))) && !isInDoubt

/** The same call, written twice by the model, is one change. */
function distinct(calls: readonly PendingCall[]): readonly PendingCall[] {
  const seen = new Set<string>()
  return calls.filter(({ offered, given }) => {
    const id = JSON.stringify([
      offered.tool.name,
      Object.entries(given).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    ])
    return !seen.has(id) && seen.add(id)
  })
}
