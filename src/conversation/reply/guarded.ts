import type { Agent } from '../agent.ts'
import type { GuardedCall, TurnVerdict } from '../guard.ts'
import type { CallJournal } from '../lines.ts'
import type { Message } from '../ports.ts'
import { orAborted, within } from '../scope.ts'
import { textOf } from '../turn/utterance.ts'
import type { ReplyWork } from './reply-work.ts'

const TURN_WITHIN_MS = 200
const CLAUSE_WITHIN_MS = 50
/** Where a guard hands the call over: before all that the reply says. */
const BEFORE_PARTS = -1

/** What the guard of the agent wants instead of its model's answer to this turn. An agent to whom it hands the call speaks from here on. */
export async function judgedTurn(
  work: ReplyWork,
  signal: AbortSignal,
): Promise<{ readonly words?: string; readonly telling?: string; readonly isHandedOver: boolean }> {
  const { content } = work.reply
  if (content.kind !== 'answer' || content.agreed || work.reply.resumed || !work.agent.guard?.turn)
    return { isHandedOver: false }
  const text = textOf(content.to, work.agent.language)
  const verdict = await verdictOn(text, work, signal)
  if (!verdict) return { isHandedOver: false }
  // A draft is not heard yet, and the caller may go on.
  await orAborted(work.released, signal)
  if (verdict.kind === 'say') return { words: verdict.words, isHandedOver: false }
  const { agent, history } = verdict
  const spoken = work.spokenAs?.(agent, work.agent.language.code)
  if (!spoken) {
    failed(work.journal, 'turn', `there is no agent ${agent}`)
    return { isHandedOver: false }
  }
  work.emit({ kind: 'hand-off', reply: work.reply.id, part: BEFORE_PARTS, agent, history })
  Object.assign(work, spoken)
  const { entering } = work.agent
  return { ...(entering !== undefined && { telling: entering }), isHandedOver: true }
}

async function verdictOn(text: string, work: ReplyWork, signal: AbortSignal): Promise<TurnVerdict | undefined> {
  const { agent, clock, journal } = work
  const ask = async (limit: AbortSignal) => agent.guard?.turn?.(text, callOf(work), limit)
  try {
    return await within(TURN_WITHIN_MS, 'the guard of turns', clock, ask, signal)
  } catch (error) {
    signal.throwIfAborted()
    failed(journal, 'turn', error)
    return undefined
  }
}

/** The messages as the guard of the agent lets the model see them. */
export function guardedMessages(
  { guard }: Agent,
  messages: readonly Message[],
  journal: CallJournal,
): readonly Message[] {
  if (!guard?.told) return messages
  const told = (text: string): string => {
    try {
      return guard.told?.(text) ?? text
    } catch (error) {
      failed(journal, 'told', error)
      return text
    }
  }
  return messages.map(message => seenBy(told, message))
}

function seenBy(told: (text: string) => string, message: Message): Message {
  switch (message.role) {
    case 'caller':
      return { ...message, text: told(message.text) }
    case 'tool':
      return message.result === undefined ? message : { ...message, result: told(message.result) }
    case 'agent':
      return message
  }
}

/** A clause of the model as the guard of the agent lets it be said. */
export async function guardedClause(clause: string, work: ReplyWork, signal: AbortSignal): Promise<string> {
  const { agent, clock, journal } = work
  const { guard } = agent
  if (!guard?.clause) return clause
  const ask = async (limit: AbortSignal) => guard.clause?.(clause, callOf(work), limit)
  try {
    const said = await within(CLAUSE_WITHIN_MS, 'the guard of clauses', clock, ask, signal)
    return typeof said === 'string' ? said : clause
  } catch (error) {
    signal.throwIfAborted()
    failed(journal, 'clause', error)
    return clause
  }
}

const callOf = ({ callId, owner, agent }: ReplyWork): GuardedCall => ({ callId, owner, language: agent.language.code })

const failed = (journal: CallJournal, guard: string, error: unknown): void =>
  journal.append({ noted: { kind: 'guard-failed', guard, why: String(error) } })
