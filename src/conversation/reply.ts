import type { Channel, LanguageModel, Message, Speech, TextToSpeech, ToolCall } from './ports.ts'
import { Queue } from './queue.ts'
import { scopeOf } from './scope.ts'
import { Sentences } from './sentences.ts'
import { runTool, type ToolRunParts } from './tool-run.ts'
import type { Reply } from './turn.ts'

/** What a reply needs. */
export interface ReplyParts extends ToolRunParts {
  readonly model: LanguageModel
  readonly voice: TextToSpeech
  readonly channel: Channel
}

/** Tools asked for again and again in one reply: a model that goes in circles is stopped here. */
const MOST_PARTS = 6
/** Minutes of sound and words: a voice that is so far ahead will not stop by itself. */
const MOST_SPEECH = 6_000

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
        thought.calls.map((call, index) => runTool(call, { reply: reply.id, part, index }, parts, scope.signal)),
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
