import type { Agent } from '../agent.ts'
import type { GuardedCall, TurnVerdict } from '../guard.ts'
import type { CallJournal } from '../lines.ts'
import { orAborted, within } from '../scope.ts'
import type { ToldMessage } from '../told.ts'
import { textOf } from '../turn/utterance.ts'
import type { Clause } from './manner-marks.ts'
import { putThrough } from './put-through.ts'
import type { ReplyWork } from './reply-work.ts'

const TURN_WITHIN_MS = 200
const CLAUSE_WITHIN_MS = 50
/** Where guards give the call from one agent to the next in circles, the last one answers. */
const MOST_HAND_OFFS = 3

/** What comes of the guards' look at a turn: words that are said instead of the model's, or before them. */
interface Judged {
  /** The model is not asked. */
  readonly words?: string
  /** What agents say who took the call over. */
  readonly telling: readonly string[]
  readonly isHandedOver: boolean
}

/**
 * What the guard of the agent wants instead of its model's answer to this turn, at this part of the reply. An agent to whom it
 * hands the call speaks from here on, and its own guard looks at the turn, too.
 */
export async function judgedTurn(work: ReplyWork, part: number, signal: AbortSignal): Promise<Judged> {
  const { content } = work.reply
  const telling: string[] = []
  if (content.kind !== 'answer' || content.agreed) return { telling, isHandedOver: false }
  for (let handOffs = 0; ; handOffs++) {
    const isHandedOver = handOffs > 0
    const text = textOf(content.to, work.agent.language)
    const verdict = await verdictOn(text, work, signal)
    if (!verdict) return { telling, isHandedOver }
    // A draft is not heard yet, and the caller may go on.
    await orAborted(work.released, signal)
    switch (verdict.kind) {
      case 'say':
        return { words: verdict.words, telling, isHandedOver }
      case 'to-person':
        if (!putThrough(work, 'the guard', verdict)) failed(work.journal, 'turn', 'no person can be reached')
        // The turn goes on with the words that tell of it.
        signal.throwIfAborted()
        return { telling, isHandedOver }
      case 'hand-off': {
        const { agent, history } = verdict
        const spoken = work.spokenAs?.(agent, work.agent.language.code)
        const why = spoken ? 'guards give the call from one agent to the next' : `there is no agent ${agent}`
        if (!spoken || handOffs === MOST_HAND_OFFS) {
          failed(work.journal, 'turn', why)
          return { telling, isHandedOver }
        }
        // Before all that is said at this part.
        work.emit({ kind: 'hand-off', reply: work.reply.id, part: part - 0.5, agent, history })
        Object.assign(work, spoken)
        if (work.agent.entering !== undefined) telling.push(work.agent.entering)
      }
    }
  }
}

async function verdictOn(text: string, work: ReplyWork, signal: AbortSignal): Promise<TurnVerdict | undefined> {
  const { agent, clock, journal } = work
  if (!agent.guard?.turn) return undefined
  const ask = async (limit: AbortSignal) => agent.guard?.turn?.(text, callOf(work, agent), limit)
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
  messages: readonly ToldMessage[],
  journal: Pick<CallJournal, 'append'>,
): readonly ToldMessage[] {
  if (!guard?.told) return messages
  const told = (text: string): string => {
    try {
      const given: unknown = guard.told?.(text)
      if (typeof given === 'string') return given
      failed(journal, 'told', 'it gave no text')
    } catch (error) {
      failed(journal, 'told', error)
    }
    return text
  }
  return messages.map(message => seenBy(told, message))
}

function seenBy(told: (text: string) => string, message: ToldMessage): ToldMessage {
  switch (message.role) {
    case 'caller': {
      const text = told(message.text)
      // What is hidden may lie across the words of two.
      return text === message.text ? message : { ...message, text, speakers: undefined }
    }
    case 'tool':
      return message.result === undefined ? message : { ...message, result: told(message.result) }
    case 'summary':
      return { ...message, text: told(message.text), results: message.results.map(told) }
    case 'agent':
      return message
  }
}

/** What a model writes, clause by clause, as the guard of its agent lets it be said. */
export async function* guardedClauses(
  work: ReplyWork,
  clauses: AsyncIterable<Clause>,
  signal: AbortSignal,
): AsyncGenerator<Clause> {
  // The one that wrote them: another agent may have taken the call when they are spoken.
  const { agent, clock, journal } = work
  for await (const clause of clauses) {
    const ask = async (limit: AbortSignal) => agent.guard?.clause?.(clause.text, callOf(work, agent), limit)
    try {
      const said = agent.guard?.clause && (await within(CLAUSE_WITHIN_MS, 'the guard of clauses', clock, ask, signal))
      yield typeof said === 'string' ? { ...clause, text: said } : clause
    } catch (error) {
      signal.throwIfAborted()
      failed(journal, 'clause', error)
      yield clause
    }
  }
}

const callOf = ({ callId, owner }: ReplyWork, { language }: Agent): GuardedCall => ({
  callId,
  owner,
  language: language.code,
})

const failed = (journal: Pick<CallJournal, 'append'>, guard: string, error: unknown): void =>
  journal.append({ noted: { kind: 'guard-failed', guard, why: String(error) } })
