import type { CallJournal } from './lines.ts'
import type {
  Channel,
  Clock,
  LanguageModel,
  Message,
  Speech,
  TextToSpeech,
  ToolCall,
  ToolContext,
  ToolSet,
} from './ports.ts'
import { Queue } from './queue.ts'
import { orAborted, scopeOf, within } from './scope.ts'
import { Sentences } from './sentences.ts'
import type { Phrase, Reply, TurnEvent } from './turn.ts'

/** Who is speaking: what the model is told to be, and the agent's own words where no model is asked. */
export interface Agent {
  readonly name: string
  readonly instructions: string
  readonly phrases: Readonly<Record<Phrase, string>>
}

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs'> : never
/** An event before the conversation has put its time on it. */
export type Happening = Unstamped<TurnEvent>

/** What a reply needs. `callSignal` outlives the turn: tools that change something hang on it. */
export interface ReplyParts {
  readonly callId: string
  readonly owner: string
  readonly agent: Agent
  readonly clock: Clock
  readonly model: LanguageModel
  readonly voice: TextToSpeech
  readonly channel: Channel
  readonly tools: ToolSet
  readonly journal: CallJournal
  readonly callSignal: AbortSignal
  readonly emit: (happening: Happening) => void
  /** Takes charge of a tool's run that must finish although the reply may end. */
  readonly outlive: (work: Promise<unknown>) => void
}

/** Tools asked for again and again in one reply: a model that goes in circles is stopped here. */
const MOST_PARTS = 6
/** Minutes of sound and words: a voice that is so far ahead will not stop by itself. */
const MOST_SPEECH = 6_000
const TOOL_LIMIT_MS = 8_000
const COMMIT_LIMIT_MS = 1_000

/**
 * Makes one reply: model → sentences → voice → line, with tools between the parts. Tells all by `emit`; settles after
 * an abort as soon as the line is silent. Never rejects.
 */
export async function deliver(
  reply: Reply,
  history: () => readonly Message[],
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<void> {
  // It may have been called off while it waited for the line to fall silent.
  if (signal.aborted) return
  const scope = scopeOf(signal)
  try {
    switch (reply.content.kind) {
      case 'phrase': {
        const text = new Queue<string>(1)
        text.push(parts.agent.phrases[reply.content.phrase])
        text.close()
        await speak(reply, 0, text, Promise.resolve(), parts, scope.signal)
        break
      }
      case 'answer':
        await answer(reply, history(), parts, scope.signal)
    }
    if (!signal.aborted) parts.emit({ kind: 'reply-done', reply: reply.id })
  } catch (error) {
    if (signal.aborted) return
    const provider = error instanceof Error && 'provider' in error ? String(error.provider) : 'partyline'
    const why = error instanceof Error ? error.message : String(error)
    parts.emit({ kind: 'reply-failed', reply: reply.id, provider, why })
  } finally {
    scope.abort(new Error('the reply is over'))
  }
}

async function answer(
  reply: Reply,
  history: readonly Message[],
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<void> {
  const scope = scopeOf(signal)
  let messages = history
  let spoken = Promise.resolve()
  try {
    for (let part = 0; ; part++) {
      if (part === MOST_PARTS) throw new Error(`the model called tools ${MOST_PARTS} times without an answer`)
      const clauses = new Queue<string>(1_000)
      const before = spoken
      spoken = speak(reply, part, clauses, before, parts, scope.signal)
      // A voice that fails must stop the model too; the failure itself is thrown where `spoken` is awaited.
      spoken.catch(error => scope.abort(error))
      const thought = await think(reply, part, messages, clauses, parts, scope.signal).finally(() => clauses.close())
      if (thought.calls.length === 0) break
      const results = await Promise.all(
        thought.calls.map((call, index) => run(call, `${part}-${index}`, reply, part, parts, scope.signal)),
      )
      const text: Message = { role: 'agent', text: thought.text, interrupted: false }
      const tools = thought.calls.map((call, index): Message => ({ role: 'tool', call, result: results[index] }))
      messages = [...messages, ...(thought.text === '' ? [] : [text]), ...tools]
    }
    await spoken
  } catch (error) {
    throw scope.signal.aborted && !signal.aborted ? scope.signal.reason : error
  } finally {
    scope.abort(new Error('the answer is over'))
    await spoken.catch(() => undefined)
  }
}

interface Thought {
  readonly text: string
  readonly calls: readonly ToolCall[]
}

/** Asks the model once; its clauses go to the voice as they come. */
async function think(
  reply: Reply,
  part: number,
  history: readonly Message[],
  clauses: Queue<string>,
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<Thought> {
  const { journal, agent, tools, model } = parts
  const sentences = new Sentences()
  const calls: ToolCall[] = []
  let text = ''
  const say = (clause: string): void => {
    journal.append({ decided: { kind: 'clause', reply: reply.id, part, text: clause } })
    clauses.push(clause)
  }
  journal.append({ decided: { kind: 'model-asked', reply: reply.id, part, messages: history.length } })
  for await (const delta of model.reply({ instructions: agent.instructions, history, tools: tools.specs }, signal)) {
    switch (delta.kind) {
      case 'text':
        journal.append({ input: { kind: 'delta', reply: reply.id, part, text: delta.text } })
        text += delta.text
        for (const clause of sentences.push(delta.text)) say(clause)
        break
      case 'tool-call':
        calls.push(delta.call)
        break
      case 'tokens':
        journal.append({ used: delta })
    }
  }
  signal.throwIfAborted()
  const rest = sentences.rest()
  if (rest !== '') say(rest)
  if (text.trim() === '' && calls.length === 0) throw new Error('the model answered with nothing')
  return { text, calls }
}

/** Speaks one part of a reply once the part before it has been heard; the voice is made meanwhile. */
async function speak(
  reply: Reply,
  part: number,
  clauses: AsyncIterable<string>,
  before: Promise<void>,
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<void> {
  const speech: Queue<Speech> = new Queue(MOST_SPEECH, () => speech.fail(new Error('the voice runs away')))
  const made = voice(reply, part, clauses, speech, parts, signal)
  await before
  let sounding = false
  let heard = ''
  for await (const progress of parts.channel.play(speech, signal)) {
    // A part without words, or one that was stopped before it began, has not sounded.
    if (progress.heardMs === 0 && progress.left === '') continue
    if (!sounding) parts.emit({ kind: 'reply-sounding', reply: reply.id })
    sounding = true
    if (progress.heard === heard) continue
    heard = progress.heard
    parts.emit({ kind: 'heard', reply: reply.id, part, text: heard, cut: false })
  }
  if (signal.aborted && sounding) parts.emit({ kind: 'heard', reply: reply.id, part, text: heard, cut: true })
  await made
  signal.throwIfAborted()
}

/** Turns text into speech as it comes, and says in the journal what was made. Never rejects: the queue carries errors. */
async function voice(
  reply: Reply,
  part: number,
  clauses: AsyncIterable<string>,
  speech: Queue<Speech>,
  { journal, voice: tts }: ReplyParts,
  signal: AbortSignal,
): Promise<void> {
  let characters = 0
  async function* counted(): AsyncGenerator<string> {
    for await (const clause of clauses) {
      characters += clause.length
      yield clause
    }
  }
  try {
    for await (const made of tts.speak(counted(), signal)) {
      const { id } = reply
      if (made.kind === 'audio') {
        journal.append({ input: { kind: 'speech', reply: id, part, samples: made.frame.pcm.length } })
      } else journal.append({ input: { kind: 'speech-words', reply: id, part, words: made.words } })
      speech.push(made)
    }
    speech.close()
  } catch (error) {
    speech.fail(error)
  } finally {
    if (characters > 0) journal.append({ used: { kind: 'tts-characters', characters } })
  }
}

async function run(
  call: ToolCall,
  key: string,
  reply: Reply,
  part: number,
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<string> {
  const { emit, tools, callSignal } = parts
  signal.throwIfAborted()
  emit({ kind: 'tool-called', reply: reply.id, part, call })
  const changes = tools.specs.find(spec => spec.name === call.name)?.changes ?? false
  const outcome = outcomeOf(call, key, changes, reply, parts, changes ? callSignal : signal).then(result => {
    emit({ kind: 'tool-result', reply: reply.id, part, callId: call.id, result })
    return result
  })
  parts.outlive(outcome.catch(() => undefined))
  return orAborted(outcome, signal)
}

/** What the model is told of a tool's run: its result, or what to say instead. Rejects only on abort. */
async function outcomeOf(
  call: ToolCall,
  key: string,
  changes: boolean,
  reply: Reply,
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<string> {
  const { callId, owner, agent, clock, journal, tools } = parts
  if (changes) {
    try {
      await within(COMMIT_LIMIT_MS, 'writing the journal', clock, limit => journal.commit(limit), signal)
    } catch (error) {
      signal.throwIfAborted()
      journal.append({ decided: { kind: 'tool-refused', reply: reply.id, call: call.id, why: String(error) } })
      return 'Not done: our records cannot be written just now. Tell the caller that it was not done and to try later.'
    }
  }
  const context: ToolContext = { callId, owner, agent: agent.name, idempotencyKey: `${callId}:${reply.id}-${key}` }
  try {
    return await within(TOOL_LIMIT_MS, call.name, clock, limit => tools.run(call, context, limit), signal)
  } catch (error) {
    signal.throwIfAborted()
    journal.append({ noted: { kind: 'tool-failed', tool: call.name, why: String(error) } })
    return changes
      ? `It is not known whether ${call.name} was done. Do not try again; tell the caller that it could not be confirmed.`
      : `${call.name} does not work just now. Tell the caller in plain words and offer something else.`
  }
}
