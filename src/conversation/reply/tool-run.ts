import type { Agent } from '../agent.ts'
import type { CallJournal } from '../lines.ts'
import type { Clock, ToolCall, ToolContext, ToolOutcome, ToolSet } from '../ports.ts'
import { orAborted, within } from '../scope.ts'
import type { SecretAsked, TakenSecret } from '../secret-asked.ts'
import type { Policy, UntimedEvent } from '../turn/turn.ts'
import { toolsOf } from './after-tools.ts'
import { putThrough } from './put-through.ts'
import { speakable } from './speakable.ts'

/** What the run of a tool needs. A tool that changes something runs until `callSignal` aborts, beyond the turn. */
export interface ToolRunParts {
  readonly callId: string
  readonly owner: string
  readonly agent: Agent
  readonly clock: Clock
  readonly tools: ToolSet
  readonly journal: CallJournal
  readonly policy: Pick<Policy, 'canTransfer'>
  readonly callSignal: AbortSignal
  readonly emit: (event: UntimedEvent) => void
  /** The call is not over before this work has settled, even if its reply ends sooner. */
  readonly awaitAtEnd: (work: Promise<unknown>) => void
}

/** Where in the conversation a tool was called. The idempotency key is made of it. */
interface Place {
  readonly reply: number
  readonly part: number
  readonly index: number
  /** The caller has agreed to it. */
  readonly agreed: boolean
  /** As in ToolContext. */
  readonly taken: TakenSecret | undefined
  /** As for the reply. */
  readonly agreedTo: string | undefined
  /** It was called before the line broke, and its result is not known. */
  readonly again: boolean
  /** The caller's turns that the model was told. */
  readonly said: readonly string[]
  /** All calls of the same answer, and whether one of them has asked the caller a question, or given the call away. */
  readonly answer: { readonly calls: readonly ToolCall[]; hasAsked: boolean; hasHandedOver: boolean }
}

const done = (text: string): ToolOutcome => ({ kind: 'done', text })

/** The result of a tool that an abort has stopped. */
export const STOPPED = 'Stopped: the caller spoke. Call it again if it is still wanted.'

const notKnown = (name: string): string =>
  `It is not known whether ${name} was done. Do not try again; tell the caller that it could not be confirmed.`

const NOT_ASKED =
  'Not asked yet, since something else that was called at the same time comes first: call it again, alone.'

const NOT_HANDED_OVER =
  'The call was not handed over, since something else that was called at the same time comes first.'

/** What the model is told where a tool wants to put the caller through. */
const NO_PERSON = 'Not put through: no person can be reached now. Tell the caller so in plain words.'

const TOOL_LIMIT_MS = 8_000
const COMMIT_LIMIT_MS = 1_000

/**
 * Runs one tool, reports it by `emit`, and resolves with words for the model. An abort stops a tool that only reads. A
 * tool that changes something goes on, and its result is emitted when it comes.
 */
export async function runTool(
  call: ToolCall,
  place: Place,
  parts: ToolRunParts,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { emit, callSignal } = parts
  const { reply, part } = place
  signal.throwIfAborted()
  emit({ kind: 'tool-called', reply, part, call })
  const spec = toolsOf(parts).find(spec => spec.name === call.name)
  const changes = spec?.changes ?? false
  // Only a server that makes a change once per key can be asked again.
  if (place.again && changes && !spec?.keyed) {
    const text = notKnown(call.name)
    emit({ kind: 'tool-result', reply, part, callId: call.id, result: text })
    return done(text)
  }
  const tell = (outcome: ToolOutcome): ToolOutcome => {
    const { answer } = place
    // Only one question can be asked at a time, and by the agent that has the call.
    if (outcome.kind === 'ask' && (answer.hasAsked || answer.hasHandedOver))
      return tell(done('Not done: call it again, alone.'))
    if (outcome.kind === 'ask') {
      answer.hasAsked = true
      // What was heard is compared with it, and the voice speaks words.
      const question = speakable(outcome.question, parts.agent.language)
      emit({ kind: 'tool-asked', reply, part, call, question })
      return { kind: 'ask', question }
    }
    if (outcome.secret && (answer.hasAsked || answer.hasHandedOver)) return tell(done(NOT_ASKED))
    if (outcome.toPerson && !parts.policy.canTransfer) return tell(done(NO_PERSON))
    if (outcome.handOff && (answer.hasAsked || answer.hasHandedOver)) return tell(done(NOT_HANDED_OVER))
    if (outcome.handOff) {
      answer.hasHandedOver = true
      emit({ kind: 'hand-off', reply, part, ...outcome.handOff })
    }
    if (outcome.language !== undefined) emit({ kind: 'language', reply, code: outcome.language })
    emit({ kind: 'tool-result', reply, part, callId: call.id, result: outcome.text })
    if (outcome.toPerson) putThrough(parts, call.name, outcome.toPerson)
    // Over the caller's own words nobody is asked: the tool is called again when they were answered.
    if (outcome.secret && !signal.aborted) {
      answer.hasAsked = true
      const { what } = outcome.secret
      emit({ kind: 'secret-asked', reply, part, what, again: calledAfter(call, outcome.secret) })
    }
    return outcome
  }
  const outcome = outcomeOf(call, place, changes, parts, changes ? callSignal : signal).then(tell)
  parts.awaitAtEnd(outcome.catch(() => tell(done(STOPPED))))
  return orAborted(outcome, signal)
}

/** What is called when the caller was asked for the secret that this call has wanted. */
export const calledAfter = ({ id, name }: ToolCall, { again }: SecretAsked): ToolCall => ({
  id: `${id}-secret`,
  name,
  arguments: JSON.stringify(again),
})

/** Reports a tool that is not run because the model called too many at once, so that the history has a result for it. */
export function refuseTool(call: ToolCall, place: Pick<Place, 'reply' | 'part'>, { emit }: ToolRunParts): ToolOutcome {
  const text = 'Not done: too many calls at once.'
  emit({ kind: 'tool-called', ...place, call })
  emit({ kind: 'tool-result', ...place, callId: call.id, result: text })
  return done(text)
}

/** What the model is told about a tool's run: its result, or what to say instead. Rejects only on abort. */
async function outcomeOf(
  call: ToolCall,
  { reply, part, index, agreed, taken, agreedTo, again, said, answer }: Place,
  changes: boolean,
  parts: ToolRunParts,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { callId, owner, agent, clock, journal, tools } = parts
  if (changes) {
    try {
      await within(COMMIT_LIMIT_MS, 'writing the journal', clock, limit => journal.commit(limit), signal)
    } catch (error) {
      signal.throwIfAborted()
      journal.append({ decided: { kind: 'tool-refused', reply, call: call.id, why: String(error) } })
      return done('Not done: our records cannot be written. Tell the caller that it was not done, and to try later.')
    }
  }
  // A tool in this process may run without a pause until it is done: each begins in a turn of the event loop of its own.
  for (let before = 0; before < index; before++) await clock.sleep(0, signal)
  const context: ToolContext = {
    callId,
    owner,
    agent: agent.name,
    language: agent.language.code,
    idempotencyKey: `${callId}:${reply}-${part}-${index}`,
    agreed,
    said,
    ...(taken && { taken }),
    ...(agreedTo !== undefined && { wasAsked: question => speakable(question, agent.language) === agreedTo }),
    ...(again && { again }),
    together: { reply, calls: answer.calls },
  }
  try {
    return await within(TOOL_LIMIT_MS, call.name, clock, limit => tools.run(call, context, limit), signal)
  } catch (error) {
    signal.throwIfAborted()
    journal.append({ noted: { kind: 'tool-failed', tool: call.name, why: String(error) } })
    return done(
      changes
        ? notKnown(call.name)
        : `${call.name} does not work just now. Tell the caller in plain words and offer something else.`,
    )
  }
}
