import { systemClock } from '../clock.ts'
import type { Clock, Delta, LanguageModel, Message, Prompt } from '../conversation/ports.ts'
import { namedToolCall } from '../sandbox/openai/named-tool.ts'
import { type ModelMessage, scriptedAnswer } from '../sandbox/openai/scripted-model.ts'
import { scriptedTaskAnswer } from '../sandbox/openai/task-model.ts'
import { keyOf, type RecordedAnswer } from './recorded-answers.ts'
import type { WhatIfSide } from './report.ts'

export interface ReplayedModelParts {
  /** Empty where the model is told something else at every request, such as other instructions. */
  readonly recorded: ReadonlyMap<string, RecordedAnswer>
  /** Opens the live provider. It is called at most once, when there is something to ask. */
  readonly live: (() => LanguageModel | Promise<LanguageModel>) | undefined
  readonly clock: Clock
  /** While this work goes on virtual time stands still. */
  readonly during: <T>(work: Promise<T>) => Promise<T>
  /** Told at each request where its answer comes from. */
  readonly tell: (from: WhatIfSide['from']) => void
  /** Aborts when the replay is given up. */
  readonly signal: AbortSignal
}

/** How long the sandbox's mind thinks, and how long a word takes it. */
const FIRST_MS = 250
const WORD_MS = 20

/** Answers as recorded where the request is the recorded one, else asks the live provider, else the sandbox's mind. */
export function replayedModel(parts: ReplayedModelParts): LanguageModel {
  const { recorded, live, clock, during, tell } = parts
  let calls = 0
  let opened: LanguageModel | Promise<LanguageModel> | undefined

  async function timedAnswer(prompt: Prompt): Promise<RecordedAnswer> {
    const found = recorded.get(keyOf(prompt.history))
    tell(found ? 'recorded' : live ? 'live' : 'sandbox')
    if (found) return found
    if (!live) return ofTheSandbox(prompt, `replayed-${++calls}`)
    opened ??= live()
    const model = opened
    // A live call has opened it before it asks.
    return during(Promise.resolve(model).then(one => heard(one.reply(prompt, parts.signal))))
  }

  return {
    async *reply(prompt, signal): AsyncGenerator<Delta> {
      const { deltas, overMs } = await timedAnswer(prompt)
      const askedMs = clock.now()
      for (const { afterMs, delta } of deltas) {
        const waitMs = askedMs + afterMs - clock.now()
        if (waitMs > 0) await clock.sleep(waitMs, signal)
        signal.throwIfAborted()
        yield delta
      }
      if (askedMs + overMs > clock.now()) await clock.sleep(askedMs + overMs - clock.now(), signal)
    },
  }
}

/** A live answer with the real time that it took. */
async function heard(answer: AsyncIterable<Delta>): Promise<RecordedAnswer> {
  const startMs = systemClock.now()
  const deltas: { readonly afterMs: number; readonly delta: Delta }[] = []
  for await (const delta of answer) deltas.push({ afterMs: systemClock.now() - startMs, delta })
  return { deltas, overMs: systemClock.now() - startMs }
}

function ofTheSandbox({ instructions, history, tools }: Prompt, callId: string): RecordedAnswer {
  const messages: readonly ModelMessage[] = [{ role: 'system', content: instructions }, ...history.map(messageOf)]
  const names = tools.map(({ name }) => name)
  const answer =
    namedToolCall(messages, tools) ??
    (names.includes('create_task') ? scriptedTaskAnswer(messages, names) : scriptedAnswer(messages, names))
  if (answer.kind === 'call') {
    const call = { id: callId, name: answer.name, arguments: JSON.stringify(answer.arguments) }
    return { deltas: [{ afterMs: FIRST_MS, delta: { kind: 'tool-call', call } }], overMs: FIRST_MS }
  }
  const words = answer.text.match(/\s*\S+/g) ?? []
  const deltas = words.map((text, i) => ({ afterMs: FIRST_MS + i * WORD_MS, delta: { kind: 'text', text } as const }))
  return { deltas, overMs: FIRST_MS + words.length * WORD_MS }
}

function messageOf(message: Message): ModelMessage {
  switch (message.role) {
    case 'caller':
      return { role: 'user', content: message.text }
    case 'agent':
      return { role: 'assistant', content: message.text }
    case 'tool':
      return { role: 'tool', content: message.result ?? '', tool: message.call.name }
  }
}
