import type { Next } from '../ports.ts'
import { agreementIn } from './agreement.ts'
import { answering } from './answered.ts'
import { languageAskedFor, speaking } from './languages.ts'
import { endOfSound, forCaller, idleAfterNoise, idleMsOf, patienceFor, withShorterPause } from './patience.ts'
import { keptBack, nextRelayed, passingOn } from './relayed.ts'
import { asksForPerson, pressesOperator, takesLeave, wantsToAnswer } from './requests.ts'
import type { Pending, Phrase, Policy, Reply, Rules, Turn, TurnContext, TurnOf, Wait } from './turn.ts'
import { bareText, isEmpty, settled, textOf, type Utterance, withDigit, wordsOf } from './utterance.ts'
import { wantedBy } from './wanted.ts'

/** Shorter speech without words was a noise: the agent does not ask the caller to repeat it. */
const BLIP_MS = 700
/** A detector that stays on for so long without a new word hears a noise. */
const WORDLESS_MS = 8_000
/** So long after the provider took the utterance for finished, the turn ends, even if noise keeps the detector on. */
export const LULL_MS = 1_500

/** These phrases leave the question before them open. */
const KEEPS_QUESTION: readonly Phrase[] = ['pardon', 'take-your-time']

/** After these phrases the caller has the word. Where the budget is spent they are not said any more. */
const INVITES: readonly Phrase[] = [
  ...(['greeting', 'back', 'go-on', 'still-there', 'pardon', 'apology'] as const),
  ...(['time-warning', 'joined', 'switched'] as const),
]

/**
 * The first turn: the greeting, the notice before it where one is due, or `back` for a call that returns. A call whose
 * budget is spent before it begins ends with the words that say so, after the notice.
 */
export function begin(
  policy: Policy,
  atMs: number,
  phrase: 'notice' | 'greeting' | 'back' | 'go-on' = 'greeting',
  ids = 0,
  budget?: TurnContext['budget'],
): Turn {
  const limit = { id: ids + 2, dueMs: atMs + policy.limitMs - policy.limitNoticeMs, why: 'call limit' }
  const context: TurnContext = {
    ids: ids + 2,
    voiced: false,
    failures: 0,
    asked: '',
    spoken: { text: '', atMs: 0 },
    answered: undefined,
    pending: undefined,
    pauseMs: 0,
    joined: false,
    beside: false,
    echoes: false,
    sttSession: { id: ids + 1, failures: 0 },
    limit: { ...limit, stage: 'ample' },
    ...(budget && { budget }),
  }
  return say(context, phrase, phrase === 'notice' ? 'greet' : 'listen')
}

/** The caller speaks. At `lullDueMs` the turn ends although the detector is still on. */
export const hearing = (
  context: TurnContext,
  utterance: Utterance,
  draft: Reply | undefined,
  atMs: number,
  lullDueMs = atMs + WORDLESS_MS,
): Turn => ({
  kind: 'hearing',
  utterance,
  draft,
  ...waitingUntil(context, 'lull', ...endOfSound(utterance, context.spoken.atMs, atMs, lullDueMs)),
})

/** The caller pauses. After words that sound complete the answer is drafted, while the caller has time to go on. */
export function settling(context: TurnContext, utterance: Utterance, before: Reply | undefined, rules: Rules): Turn {
  const window = forCaller(rules.policy.patience, context.pauseMs)
  const { ms, why } = patienceFor(utterance, window, wantedBy(context.asked, rules.language), rules.language)
  const { counted, ...ready } = drafted(context, utterance, before, why === 'complete', rules)
  return { kind: 'settling', ...ready, ...waitingUntil(counted, 'patience', utterance.lastVoicedMs + ms, why) }
}

/** The draft for these words: the existing one if it answers them, a new one, or none. */
export function drafted(
  context: TurnContext,
  utterance: Utterance,
  before: Reply | undefined,
  complete: boolean,
  rules: Rules,
): { readonly counted: TurnContext; readonly utterance: Utterance; readonly draft: Reply | undefined } {
  if (before && answers(before, utterance)) return { counted: context, utterance, draft: before }
  // The answer to a pending question decides whether a tool runs, so nothing can be drafted before.
  const isAnswered = !context.pending && context.budget !== 'none'
  const wanted = complete && utterance.drafts < rules.policy.draftsPerTurn && isAnswered
  if (!wanted) return { counted: context, utterance, draft: undefined }
  const draft = answerTo(utterance, context.ids + 1, context)
  return { counted: { ...context, ids: draft.id }, utterance: { ...utterance, drafts: utterance.drafts + 1 }, draft }
}

/** Does this reply answer the same words? Case and punctuation do not count: they change with the final transcript. */
function answers({ content }: Reply, utterance: Utterance): boolean {
  if (content.kind !== 'answer') return false
  const { to } = content
  return to.digits === utterance.digits && bareText(wordsOf(to)) === bareText(wordsOf(utterance))
}

const replyWith = (content: Reply['content'], id: number): Reply => ({
  id,
  content,
  sounding: false,
  heard: '',
  acted: false,
  running: 0,
  afterwards: 'listen',
})

const answerTo = (utterance: Utterance, id: number, { budget }: TurnContext): Reply => ({
  ...replyWith({ kind: 'answer', to: utterance }, id),
  ...(budget && { short: true }),
})

/** The caller interrupts: their words over the agent begin their turn. */
export function interrupted(turn: TurnOf<'yielding'>, atMs: number, rules: Rules): Turn {
  const { content, heard } = turn.reply
  const kept = heard === '' ? keptBack(turn.context, content) : turn.context
  const context = content.kind === 'answer' ? { ...kept, failures: 0 } : kept
  if (!turn.speaking) return settling(context, turn.utterance, undefined, rules)
  // Without a word it may be a lasting noise, so the agent soon asks the caller to repeat it.
  const lullDueMs = wordsOf(turn.utterance) === '' ? atMs + LULL_MS : undefined
  return hearing(context, turn.utterance, undefined, atMs, lullDueMs)
}

export function keyed(context: TurnContext, utterance: Utterance, digit: string, atMs: number, rules: Rules): Turn {
  if (digit === '#') return confirmed(context, utterance, undefined, atMs, rules)
  const next = { ...withDigit(utterance, digit), lastVoicedMs: atMs }
  if (pressesOperator(next) && rules.policy.canTransfer) return say(context, 'transfer', 'transfer')
  return settling(context, next, undefined, rules)
}

/** An answer may begin so long before the end of its question. */
const EARLY_MS = 300

/** The caller's turn is over. */
export function confirmed(
  before: TurnContext,
  utterance: Utterance,
  draft: Reply | undefined,
  atMs: number,
  rules: Rules,
): Turn {
  const { policy, language } = rules
  if (isEmpty(utterance)) return listening(before, atMs, rules, false)
  const text = textOf(utterance, language)
  const context = { ...before, answered: answering(utterance, atMs) }
  if (policy.interprets) return listening(passingOn(withShorterPause(context), text), atMs, rules, false)
  if (policy.canTransfer && asksForPerson(utterance, language)) return say(context, 'transfer', 'transfer')
  const code = languageAskedFor(text, context, language)
  if (code !== undefined) return say(speaking(context, code), 'switched', 'listen')
  const { pending, ...others } = context
  const judged = pending && agreementIn(text, pending.question, language)
  // A yes that began before the caller had heard the question is as unclear as "hm".
  const isEarly = pending !== undefined && utterance.firstVoicedMs < pending.heardOutMs - EARLY_MS
  const agreement = isEarly && judged === 'yes' ? 'unclear' : judged
  if (pending && agreement === 'unclear' && !pending.again) return askAgain(context, pending)
  // Only what was asked before is still done.
  if (context.budget === 'none' && !(pending && agreement === 'yes')) return say(context, 'budget-spent', 'hang-up')
  const ready = draft && answers(draft, utterance) ? draft : undefined
  const id = ready?.id ?? context.ids + 1
  const agreed =
    pending && agreement === 'yes'
      ? {
          agreed: { ...pending.call, id: `${pending.call.id}-agreed` },
          ...(pending.elsewhere && { agreedTo: pending.question }),
        }
      : {}
  const reply = {
    ...replyWith({ kind: 'answer', to: settled(utterance), ...agreed }, id),
    ...((ready ? ready.short : context.budget) && { short: true as const }),
    afterwards: takesLeave(text, language) ? 'hang-up' : 'listen',
  } as const
  const counted = withShorterPause({ ...others, pending: undefined, ids: Math.max(context.ids, id) })
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + policy.deadAirMs, 'dead air') }
}

/** Asks the same question: for the last time, unless the line broke. */
export function askAgain(
  context: TurnContext,
  { call, question, elsewhere }: Pending,
  again = true,
): TurnOf<'replying'> {
  const asks = { call, question, again, ...(elsewhere && { elsewhere }) }
  const reply = { ...replyWith({ kind: 'question', pending: asks }, context.ids + 1), asks }
  return { kind: 'replying', context: { ...context, pending: undefined, ids: reply.id }, reply, deadAir: undefined }
}

/** The context after a reply. Its question is pending if the caller heard it to the end. */
export function withQuestion(context: TurnContext, reply: Reply, atMs: number): TurnContext {
  const { asks, heard } = reply
  const question = asks ? bareText(asks.question) : ''
  const isAsked = asks && question !== '' && bareText(heard).endsWith(question)
  return isAsked ? { ...context, pending: { ...asks, heardOutMs: atMs } } : context
}

/** The turn after speech that brought no words: a short noise is ignored, a caller is asked to repeat it. */
export function afterNoWords(context: TurnContext, utterance: Utterance, atMs: number, rules: Rules): Turn {
  // Whoever hears an interpreter coughs and mumbles while they listen.
  const wasNoise = rules.policy.interprets || utterance.lastVoicedMs - utterance.firstVoicedMs < BLIP_MS
  if (!wasNoise) return say(context, 'pardon', 'listen')
  const lastWordMs = Math.max(context.spoken.atMs, context.answered?.atMs ?? 0)
  return listening(context, atMs, rules, false, idleAfterNoise(lastWordMs, atMs, idleMsOf(context, rules.policy)))
}

export function listening(
  context: TurnContext,
  atMs: number,
  rules: Rules,
  prompted: boolean,
  idleDueMs = atMs + idleMsOf(context, rules.policy),
): Turn {
  if (context.limit.stage === 'to-be-told') {
    return say({ ...context, limit: { ...context.limit, stage: 'told' } }, 'time-warning', 'listen')
  }
  if (context.budget === 'none' && !context.pending) return say(context, 'budget-spent', 'hang-up')
  // After a question it waits for the answer: a "yes" must not be to something else.
  if (context.joined && !context.pending)
    return say({ ...context, joined: false }, 'joined', 'listen', { insists: true })
  const relayed = nextRelayed(context)
  if (relayed) return relaying(relayed, atMs, rules)
  return { kind: 'listening', prompted, ...waitingUntil(context, 'idle', idleDueMs, 'idle') }
}

/** Says next what the other person has said. */
export function relaying(
  { context, content, afterwards }: NonNullable<ReturnType<typeof nextRelayed>>,
  atMs: number,
  rules: Rules,
): Turn {
  const reply = { ...replyWith(content, context.ids + 1), afterwards }
  const counted = { ...context, ids: reply.id }
  if (content.kind !== 'relay') return { kind: 'replying', context: counted, reply, deadAir: undefined }
  return { kind: 'replying', reply, ...waitingUntil(counted, 'deadAir', atMs + rules.policy.deadAirMs, 'dead air') }
}

export function say(
  context: TurnContext,
  phrase: Phrase,
  afterwards: Reply['afterwards'],
  how: { readonly keeps?: Utterance; readonly insists?: true } = {},
): Turn {
  const isSpent = context.budget === 'none' && INVITES.includes(phrase) && !context.pending
  if (isSpent) return say(context, 'budget-spent', 'hang-up')
  const reply = { ...replyWith({ kind: 'phrase', phrase, ...how }, context.ids + 1), afterwards }
  // After other phrases a "yes" would answer those, and not the question.
  const pending = KEEPS_QUESTION.includes(phrase) ? context.pending : undefined
  return { context: { ...context, pending, ids: reply.id }, kind: 'replying', reply, deadAir: undefined }
}

export function done(context: TurnContext, reply: Reply, atMs: number, rules: Rules): Turn {
  if (reply.afterwards === 'greet') return say(context, 'greeting', 'listen')
  const { content } = reply
  const isAsked = content.kind === 'answer' && wantsToAnswer(textOf(content.to, rules.language), reply, rules.language)
  if (reply.afterwards !== 'listen' && !isAsked) return ended(context, reply.afterwards, 'agent')
  if (content.kind === 'phrase' && content.keeps) {
    return settling(context, { ...content.keeps, prompted: true, lastVoicedMs: atMs }, undefined, rules)
  }
  const wasHelp = content.kind !== 'phrase'
  const prompted = content.kind === 'phrase' && content.phrase === 'still-there'
  const after = withQuestion(context, reply, atMs)
  return listening(wasHelp ? { ...after, failures: 0 } : after, atMs, rules, prompted)
}

/** Says the agent's own last question again. */
export function repeated(context: TurnContext, text: string): TurnOf<'replying'> {
  const reply = replyWith({ kind: 'repeat', text }, context.ids + 1)
  return { context: { ...context, ids: reply.id }, kind: 'replying', reply, deadAir: undefined }
}

export const ended = (context: TurnContext, next: Next, why: string): Turn => ({ context, kind: 'ended', next, why })

export const judging = (context: TurnContext, firstVoicedMs: number, rules: Rules) =>
  waitingUntil(context, 'judging', firstVoicedMs + rules.policy.bargeIn.speechMs, 'barge-in')

/** A new wait under the name that the turn gives it, and the context that has counted its id. */
export function waitingUntil<Name extends string>(context: TurnContext, name: Name, dueMs: number, why: string) {
  const id = context.ids + 1
  const wait: Wait = { id, dueMs, why }
  return { context: { ...context, ids: id }, [name]: wait } as { context: TurnContext } & Record<Name, Wait>
}
