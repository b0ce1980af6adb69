import type { LanguageModel, Prompt, ToolCall } from '../ports.ts'
import type { Queue } from '../queue.ts'
import type { ToldMessage } from '../told.ts'
import { ABOUT_SPEAKERS, labelled } from '../turn/speakers.ts'
import type { Policy, Reply } from '../turn/turn.ts'
import { toolsOf } from './after-tools.ts'
import { Clauses } from './clauses.ts'
import { Continuation, continuing } from './continuation.ts'
import { withEarlier } from './earlier.ts'
import { estimatedTokens } from './estimated-tokens.ts'
import { guardedMessages } from './guarded.ts'
import { type Clause, toldInstructions } from './manner-marks.ts'
import type { Told } from './reply-work.ts'
import type { ToolRunParts } from './tool-run.ts'

/** What one request to the model needs. */
interface Thinking extends Pick<ToolRunParts, 'agent' | 'clock' | 'tools' | 'journal'> {
  readonly model: LanguageModel
  /** What can be perceived now besides the conversation. */
  readonly context?: Told | undefined
  readonly reply: Reply
  readonly policy: Pick<Policy, 'mostLetters'>
  /** The letters that the model writes are added here. `isCut`: nothing more of it is read or said. */
  readonly spent: { written: number; isCut: boolean }
}

/** Three minutes of speech: no caller listens longer. The rest of a reply is not read. */
export const MOST_LETTERS = 3_000
/** The same while little of the call's budget is left: some 20 s of speech. */
const SHORT_LETTERS = 320
/** After so many slices and clauses without a pause the event loop serves the other calls. */
const AT_ONCE = 40
/** More tool calls in one answer are not read. */
const MOST_CALLS = 32

/** What the model answered to one request. */
export interface ModelAnswer {
  readonly text: string
  readonly calls: readonly ToolCall[]
}

/**
 * A model that writes very slowly never stalls, but keeps the caller waiting. With the adapter's 3 s between two tokens
 * this limit gives the caller words within ten seconds.
 */
const LONGEST_CLAUSE_MS = 6_000

/**
 * Asks the model once and passes its clauses on as they come. An answer that is too long ends with its last whole clause,
 * and the model is stopped. Throws when a clause takes too long or nothing comes.
 */
export async function askModel(
  { journal, agent, tools, model, context, reply, policy, spent, clock }: Thinking,
  part: number,
  told: readonly ToldMessage[],
  clauses: Queue<Clause>,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const cutter = new Clauses(agent.language)
  const calls: ToolCall[] = []
  let text = ''
  let done = 0
  let saidAtMs = clock.now()
  function say(clause: Clause): void {
    journal.append({ decided: { kind: 'clause', reply: reply.id, part, ...clause } })
    clauses.push(clause)
    saidAtMs = clock.now()
  }
  async function read(written: string): Promise<void> {
    journal.append({ input: { kind: 'delta', reply: reply.id, part, text: written } })
    text += written
    spent.written += written.length
    for (const ready of cutter.push(written)) {
      for (const clause of ready) say(clause)
      done += 1 + ready.length
      if (done < AT_ONCE) continue
      done = 0
      await clock.sleep(0, signal)
    }
  }

  journal.append({ decided: { kind: 'model-asked', reply: reply.id, part, messages: told.length } })
  // What is translated is nobody's wish: there is nothing to do, and nothing else to know.
  const isRelay = reply.content.kind === 'relay'
  const besides = isRelay ? undefined : context?.(agent.name)
  // Nothing waits where nothing must.
  const data = besides instanceof Promise ? await besides : besides
  const messages = guardedMessages(agent, told, journal)
  const spoken = labelled(messages)
  const { history, context: perceived } = withEarlier(spoken, spoken === messages ? data : withSpeakers(data))
  const said = reply.resumed?.part === part ? reply.resumed.said : ''
  const asked: Prompt = {
    ...{ instructions: toldInstructions(agent), history, of: { reply: reply.id, part } },
    tools: isRelay ? [] : toolsOf({ tools, agent }),
    ...(perceived !== undefined && { context: perceived }),
  }
  const prompt = said === '' ? asked : continuing(asked, said)
  const rest = said === '' ? undefined : new Continuation(said)
  const mostLetters = Math.min(reply.short ? SHORT_LETTERS : MOST_LETTERS, policy.mostLetters ?? MOST_LETTERS)
  let isTold = false
  let isAnswered = false
  try {
    for await (const delta of model.reply(prompt, signal)) {
      switch (delta.kind) {
        case 'text': {
          const written = rest?.push(delta.text) ?? delta.text
          const room = mostLetters - spent.written
          if (written.length > room) {
            const why = `more than ${mostLetters} letters`
            journal.append({ noted: { kind: 'reply-cut', reply: reply.id, part, why } })
            spent.isCut = true
          }
          if (room > 0 && written !== '') await read(written.slice(0, room).toWellFormed())
          if (clock.now() - saidAtMs > LONGEST_CLAUSE_MS) throw new Error('the model took too long for one clause')
          break
        }
        case 'tool-call':
          if (calls.length < MOST_CALLS) calls.push(delta.call)
          break
        case 'tokens':
          isTold = true
          journal.append({ used: { ...delta, reply: reply.id } })
          break
        case 'writing':
          break
      }
      if (spent.isCut) break
    }
    if (rest && !spent.isCut) await read(rest.end())
    isAnswered = true
  } finally {
    // Of a request that is broken off vendors tell nothing, but they charge for it; one that failed costs nothing.
    if (!isTold && (isAnswered || signal.aborted)) {
      const tokens = { ...estimatedTokens(prompt, text.length), cached: 0, estimated: true } as const
      journal.append({ used: { kind: 'tokens', reply: reply.id, ...tokens, by: model.by } })
    }
  }
  signal.throwIfAborted()
  journal.append({ input: { kind: 'model-answered', reply: reply.id, part, calls } })
  for (const clause of cutter.rest(spent.isCut)) say(clause)
  // Nothing after a tool is no failure where the model has spoken before it.
  const isFirst = spent.written === text.length
  const isEmpty = text.trim() === '' && calls.length === 0
  if (isEmpty && isFirst && said === '' && !spent.isCut) throw new Error('the model answered with nothing')
  return { text, calls }
}

const withSpeakers = (data: string | undefined): string =>
  data === undefined ? ABOUT_SPEAKERS : `${ABOUT_SPEAKERS}\n\n${data}`
