import { messagesOf } from '../conversation/history.ts'
import { toTranslate } from '../conversation/interpretation.ts'
import { isEvent, type JournalLine } from '../conversation/lines.ts'
import type { Clock, Delta, Message, ToolCall } from '../conversation/ports.ts'
import { advance, type ConversationState } from '../conversation/state.ts'
import type { Summary } from '../conversation/summary/summary.ts'
import type { Summarise } from '../conversation/summary/summing-up.ts'
import { toldBefore } from '../conversation/told.ts'
import { languageIn } from '../conversation/turn/languages.ts'
import type { Reply } from '../conversation/turn/turn.ts'
import { speakersOf, textOf } from '../conversation/turn/utterance.ts'
import type { Attempt, Step } from './attempts.ts'

/** What the model answered to one request, and when: milliseconds since it was asked. */
export interface RecordedAnswer {
  readonly deltas: readonly { readonly afterMs: number; readonly delta: Delta }[]
  readonly overMs: number
}

/** A request that is still being answered. */
interface Asking {
  readonly key: string
  readonly atMs: number
  readonly deltas: { readonly afterMs: number; readonly delta: Delta }[]
  readonly messages: readonly Message[]
  text: string
  calls: ToolCall[]
  isOver: boolean
}

/** Two requests are the same when the model is told the same conversation. */
export const keyOf = (messages: readonly Message[]): string => JSON.stringify(messages)

/** All whole answers of an attempt's model, by the conversation that it was told. */
export function recordedAnswers({
  lines,
  started,
  state: first,
  language,
}: Attempt): ReadonlyMap<string, RecordedAnswer> {
  const answers = new Map<string, RecordedAnswer>()
  const replies = new Map<number, Reply>()
  const asked = new Map<string, Asking>()
  const results = new Map<string, string>()
  let lastTokens: Extract<Delta, { kind: 'tokens' }> | undefined
  let state = first

  function messagesFor(id: number, part: number): readonly Message[] {
    const before = asked.get(`${id}:${part - 1}`)
    const content = replies.get(id)?.content
    if (before) {
      const said: readonly Message[] =
        before.text === '' ? [] : [{ role: 'agent', text: before.text, interrupted: false }]
      return [...before.messages, ...said, ...before.calls.map(call => toolMessage(id, call))]
    }
    if (content?.kind === 'relay') return [toTranslate(content.text, state.history)]
    if (content?.kind !== 'answer') return []
    const turn: Message = {
      role: 'caller',
      text: textOf(content.to, languageIn(state.turn.context, language)),
      ...speakersOf(content.to),
    }
    const told = toldBefore(state, id, state.turn.context.handedOff)
    const history = told.filter(message => message.role !== 'summary')
    const agreed = content.agreed && part > 0 ? [toolMessage(id, content.agreed)] : []
    return [...history, turn, ...agreed]
  }
  const toolMessage = (id: number, call: ToolCall): Message => ({
    role: 'tool',
    call,
    result: results.get(`${id}:${call.id}`),
  })

  function end(asking: Asking, atMs: number): void {
    if (asking.isOver) return
    asking.isOver = true
    const overMs = atMs - asking.atMs
    const calls = asking.calls.map((call): Delta => ({ kind: 'tool-call', call }))
    const last = [...calls, ...(lastTokens ? [lastTokens] : [])].map(delta => ({ afterMs: overMs, delta }))
    answers.set(asking.key, { deltas: [...asking.deltas, ...last], overMs })
    lastTokens = undefined
  }
  const endAll = (reply: number, atMs: number): void => {
    for (const [place, asking] of asked) if (place.startsWith(`${reply}:`)) end(asking, atMs)
  }

  function took(line: JournalLine): void {
    if ('used' in line && line.used.kind === 'tokens' && line.used.of === undefined) lastTokens = line.used
    if ('decided' in line && line.decided.kind === 'model-asked') {
      const { reply, part } = line.decided
      const messages = messagesFor(reply, part)
      const asking = { key: keyOf(messages), atMs: line.atMs, deltas: [], messages, text: '', calls: [], isOver: false }
      asked.set(`${reply}:${part}`, asking)
      lastTokens = undefined
    }
    if (!('input' in line)) return
    const { input } = line
    if (input.kind === 'delta') {
      const asking = asked.get(`${input.reply}:${input.part}`)
      asking?.deltas.push({ afterMs: line.atMs - asking.atMs, delta: { kind: 'text', text: input.text } })
      if (asking) asking.text += input.text
    }
    if (input.kind === 'model-answered') {
      const asking = asked.get(`${input.reply}:${input.part}`)
      if (!asking) return
      asking.calls = [...input.calls]
      end(asking, line.atMs)
    }
    if (!isEvent(input)) return
    // Older journals do not tell where an answer ended, but what came of it.
    if (input.kind === 'tool-called') {
      const asking = asked.get(`${input.reply}:${input.part}`)
      if (asking && !asking.isOver) asking.calls.push(input.call)
    }
    if (input.kind === 'tool-result') endAll(input.reply, line.atMs)
    if (input.kind === 'reply-done') endAll(input.reply, line.atMs)
    if (input.kind === 'tool-result') results.set(`${input.reply}:${input.callId}`, input.result)
    state = advance(state, input, { policy: started.policy, language })
    const { turn } = state
    const reply = 'reply' in turn ? turn.reply : 'draft' in turn ? turn.draft : undefined
    if (reply) replies.set(reply.id, reply)
  }

  for (const line of lines) took(line)
  return answers
}

/** A summary was asked for at most so long before it came. */
const LONGEST_MS = 30_000

/** Gives the summaries of a recorded call when they came, where the same was said. */
export function recordedSummaries(steps: readonly Step[], clock: Clock, startMs: number): Summarise {
  const left = steps.flatMap(({ event, before }) => (event.kind === 'summarised' ? [{ event, before }] : []))
  return async (state, _, signal) => {
    const next = left[0]
    if (!next || startMs + next.event.atMs - clock.now() > LONGEST_MS) return undefined
    // What it sums up may still be said.
    if (!state.history.some(({ exchange }) => exchange > next.event.until)) return undefined
    left.shift()
    const { from, until, text, atMs } = next.event
    if (saidIn(state, next.event) !== saidIn(next.before, next.event)) return undefined
    const waitMs = startMs + atMs - clock.now()
    if (waitMs > 0) await clock.sleep(waitMs, signal)
    return { from, until, text }
  }
}

const saidIn = ({ history }: ConversationState, { from, until }: Summary): string =>
  keyOf(messagesOf(history.filter(({ exchange }) => exchange >= from && exchange <= until)))
