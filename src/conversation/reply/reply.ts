import type { Speech, ToolCall, ToolContext, ToolOutcome } from '../ports.ts'
import { Queue } from '../queue.ts'
import { orAborted, scopeOf } from '../scope.ts'
import type { ToldMessage } from '../told.ts'
import { isFiller, type Reply } from '../turn/turn.ts'
import { afterTools, callersTurns, type Told, toolsOf, wordsOfTool } from './after-tools.ts'
import { askModel, MOST_LETTERS, type ModelAnswer } from './ask-model.ts'
import { MOST_PIECES } from './bounded-voice.ts'
import { fillerIn, fillWhile } from './filler.ts'
import { firstHeard } from './first-heard.ts'
import { guardedClauses, judgedTurn } from './guarded.ts'
import { inOnePiece } from './in-one-piece.ts'
import type { Clause } from './manner-marks.ts'
import type { ReplyParts, ReplyWork } from './reply-work.ts'
import { synthesize } from './synthesize.ts'
import { calledAfter, refuseTool, runTool } from './tool-run.ts'

/** A tool that wants a secret, and, once the caller was asked, what became of it. */
interface SecretCall extends Pick<ToolContext, 'taken' | 'agreed'> {
  readonly call: ToolCall
}

/** A model that calls tools so many times in one reply goes in circles. */
const MOST_PARTS = 6
/** How many tools of one answer are run. The model is told of the others that they are not done. */
const MOST_TOOLS = 8
/** After so long without the answer's first sound the caller is told that they were heard. */
const THINKING_AFTER_MS = 1_500
/** When fillers are said while a tool runs. */
const TOOL_FILLERS_AFTER_MS = [300, 2_000, 4_000, 8_000]
/** Where the words that tell of another language or agent stand, after the part that chose it and its fillers. */
const TELLING_PART = 0.6
/** A tool quicker than this gets no filler, however long the model took to call it. */
const QUICK_TOOL_MS = 100

/**
 * Makes one reply: model → sentences → voice → line, with tools between the parts. `history` is what the model is told,
 * up to the turn that it answers. Reports by `emit`. Settles after an abort as soon as the line is silent. Never rejects.
 */
export async function deliver(
  reply: Reply,
  history: () => readonly ToldMessage[],
  released: Promise<void>,
  parts: ReplyParts,
  signal: AbortSignal,
): Promise<void> {
  // It may have been aborted while it waited for the line to fall silent.
  if (signal.aborted) return
  const scope = scopeOf(signal)
  const work: ReplyWork = {
    ...parts,
    reply,
    released,
    spent: { written: 0, spoken: 0, soundMs: 0, isCut: false },
    paid: new Map(),
    isVoiced: false,
    isHeard: false,
    turnOverMs: parts.clock.now(),
    lastFiller: '',
  }
  let isDraft = true
  released.then(() => {
    isDraft = false
    work.turnOverMs = parts.clock.now()
  })
  try {
    const told = toldOfBreak(work, scope.signal)
    told.catch(error => scope.abort(error))
    switch (reply.content.kind) {
      case 'phrase':
        await speak(work, 0, inOnePiece(parts.agent.phrases[reply.content.phrase]), told, scope.signal)
        break
      case 'question':
        await speak(work, 0, inOnePiece(reply.content.pending.question), told, scope.signal)
        break
      case 'repeat':
        await speak(work, 0, inOnePiece(reply.content.text), told, scope.signal)
        break
      case 'relay':
      case 'answer':
        await answer(work, history, told, scope.signal)
        // The answer was at its end when the line broke.
        if (reply.resumed && !work.isVoiced)
          await speak(work, MOST_PARTS * 2, inOnePiece(parts.agent.phrases['go-on']), told, scope.signal)
    }
    if (signal.aborted) return
    // An answer may have nothing to say, such as "…": then the agent listens.
    const isSilent = (reply.content.kind === 'answer' || reply.content.kind === 'relay') && !work.isVoiced
    if (!work.isHeard && !isSilent) throw new Error('the voice made no sound')
    parts.emit({ kind: 'reply-done', reply: reply.id })
  } catch (error) {
    if (signal.aborted) return
    const provider = error instanceof Error && 'provider' in error ? String(error.provider) : 'partyline'
    const why = error instanceof Error ? error.message : String(error)
    parts.emit({ kind: 'reply-failed', reply: reply.id, provider, why })
  } finally {
    scope.abort(new Error('the reply is over'))
    const used = [...work.paid].map(([by, characters]) => ({ reply: reply.id, characters, by }))
    for (const some of used) parts.journal.append({ used: { kind: 'tts-characters', ...some } })
    // A draft has one clause, and one voice.
    const { characters = 0, by = parts.voice.by } = used[0] ?? {}
    const wasted = { reply: reply.id, tokens: Math.ceil(work.spent.written / 4), characters, by }
    if (isDraft) parts.journal.append({ used: { kind: 'draft-wasted', ...wasted } })
  }
}

/** The first reply after a broken line begins with the words that say so. Like fillers they answer nothing. */
async function toldOfBreak(work: ReplyWork, signal: AbortSignal): Promise<void> {
  const { resumed } = work.reply
  if (!resumed) return
  await speak(work, resumed.part - 0.5, inOnePiece(work.agent.phrases['cut-off']), Promise.resolve(), signal)
}

async function answer(
  work: ReplyWork,
  history: () => readonly ToldMessage[],
  before: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { id, content, resumed } = work.reply
  const { agreed, agreedTo } = content.kind === 'answer' ? content : {}
  const scope = scopeOf(signal)
  const first = resumed?.part ?? 0
  let messages: Told = { before: history(), own: [] }
  let spoken = before
  /** A tool that wants a secret is called again with what became of it; without that, to ask for it here. */
  let afterSecret: SecretCall | undefined = resumed && work.reply.secret && { call: work.reply.secret, agreed: true }

  async function askAndSpeak(part: number): Promise<ModelAnswer> {
    // Each clause has a letter at least, so none is ever dropped.
    const clauses = new Queue<Clause>(MOST_LETTERS)
    spoken = speak(work, part, guardedClauses(work, clauses, scope.signal), spoken, scope.signal)
    // A voice that fails must stop the model too. The error is thrown where `spoken` is awaited.
    spoken.catch(error => scope.abort(error))
    return askModel(work, part, [...messages.before, ...messages.own], clauses, scope.signal).finally(() =>
      clauses.close(),
    )
  }

  function say(part: number, words: string): void {
    spoken = speak(work, part, inOnePiece(words), spoken, scope.signal)
    spoken.catch(error => scope.abort(error))
  }

  try {
    // Of a reply that goes on after its tools the turn was judged before them.
    let isJudged = first > 0
    for (let part = first; ; part++) {
      if (part === first + MOST_PARTS) throw new Error(`the model called tools ${MOST_PARTS} times without an answer`)
      if (!isJudged) {
        isJudged = true
        const { words, telling, isHandedOver } = await judgedTurn(work, part, scope.signal)
        if (isHandedOver) messages = { before: history(), own: messages.own }
        if (telling.length > 0) say(part + TELLING_PART - 1, telling.join(' '))
        if (words !== undefined) {
          say(part, words)
          break
        }
      }
      // Tools whose results were lost with a server come first.
      const isNow = afterSecret !== undefined && (part !== first || (resumed?.tools.length ?? 0) === 0)
      const { call: wanting, taken, agreed: wasAgreed = false } = (isNow ? afterSecret : undefined) ?? {}
      const isAgreed = wasAgreed || (part === 0 && agreed !== undefined)
      const again = part === first ? (resumed?.tools ?? []) : []
      const own = wanting ?? (part === 0 ? agreed : undefined)
      const given = again.length > 0 ? again.map(({ call }) => call) : own && [own]
      const answer: ModelAnswer = given ? { text: '', calls: given } : await askAndSpeak(part)
      if (answer.calls.length === 0 || content.kind === 'relay') break
      await orAborted(work.released, scope.signal)
      const together = { calls: answer.calls.slice(0, MOST_TOOLS), hasAsked: false, hasHandedOver: false }
      const run = async (call: ToolCall, index: number): Promise<ToolOutcome> => {
        if (index >= MOST_TOOLS) return refuseTool(call, { reply: id, part }, work)
        const known = again[index]?.result
        if (known !== undefined) return { kind: 'done', text: known }
        const said = callersTurns(messages.before)
        const place = { reply: id, part, index, agreed: isAgreed, taken, agreedTo, said, answer: together }
        return runTool(call, { ...place, again: again.length > 0 }, work, scope.signal)
      }
      const running = Promise.all(answer.calls.map(run))
      spoken = fillForTools(work, part, answer.calls, running, spoken, scope.signal)
      spoken.catch(error => scope.abort(error))
      const outcomes = await running
      const [secret] = outcomes.flatMap(outcome => (outcome.kind === 'done' ? (outcome.secret ?? []) : []))
      if (wanting && !taken && !secret) work.emit({ kind: 'secret-over', reply: id })
      const wants = secret && answer.calls[outcomes.findIndex(outcome => 'secret' in outcome)]
      if (isNow) afterSecret = undefined
      if (afterSecret) {
        messages = afterTools(work, messages, history, answer, outcomes).messages
        continue
      }
      if (secret && wants) {
        // Whatever is being said is heard first.
        await spoken
        const took = await work.askSecret(secret, scope.signal)
        work.emit({ kind: 'secret-over', reply: id })
        afterSecret = { call: calledAfter(wants, secret), agreed: isAgreed, taken: took }
        messages = afterTools(work, messages, history, answer, outcomes).messages
        continue
      }
      const asked = outcomes.find(outcome => outcome.kind === 'ask')
      if (asked) {
        // The question comes from the tool settings and is spoken as it is: the model must not change it.
        say(part + 1, asked.question)
        break
      }
      const words = wordsOfTool(work, part, outcomes)
      if (words !== undefined) {
        say(part + 1, words)
        break
      }
      const next = afterTools(work, messages, history, answer, outcomes)
      messages = next.messages
      isJudged = !next.isHandedOver
      if (next.telling !== undefined) say(part + TELLING_PART, next.telling)
    }
    await spoken
  } catch (error) {
    throw scope.signal.aborted && !signal.aborted ? scope.signal.reason : error
  } finally {
    scope.abort(new Error('the answer is over'))
    await spoken.catch(() => undefined)
  }
}

/** Says fillers while tools are slow, once the words before the tools were heard. */
async function fillForTools(
  work: ReplyWork,
  part: number,
  calls: readonly ToolCall[],
  running: Promise<unknown>,
  before: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const own = fillerIn(toolsOf(work).find(({ name }) => name === calls[0]?.name) ?? {}, work.agent.language.code)
  const texts = own === undefined ? work.agent.patience : [own, ...work.agent.patience]
  const calledMs = work.clock.now()
  await before
  // For a caller who has heard nothing yet the wait began when their turn ended.
  const hasHeard = work.isHeard || work.lastFiller !== ''
  const waitedMs = hasHeard ? 0 : calledMs - work.turnOverMs
  const [firstMs = 0, ...laterMs] = TOOL_FILLERS_AFTER_MS
  const afterMs = [Math.max(QUICK_TOOL_MS, firstMs - waitedMs), ...laterMs]
  const fillers = afterMs.map((ms, index) => ({ afterMs: ms, text: texts[index] ?? '' }))
  const say = (text: string, index: number) => fill(work, part + (index + 1) / 10, text, signal)
  await fillWhile(running, fillers, say, work.clock, signal)
}

/** Says one filler, but not over the caller, and not the same one twice in a row. */
async function fill(work: ReplyWork, part: number, text: string, signal: AbortSignal): Promise<void> {
  if (work.isCallerSpeaking() || text === work.lastFiller) return
  work.lastFiller = text
  await speak(work, part, inOnePiece(text), Promise.resolve(), signal)
}

/** Speaks one part of a reply after the part before it was heard. Its sound is made meanwhile. */
async function speak(
  work: ReplyWork,
  part: number,
  clauses: AsyncIterable<Clause>,
  before: Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const speech = new Queue<Speech>(MOST_PIECES)
  const { reply, released, channel, emit, agent, clock, journal } = work
  const aloud = work.aloud.begin()
  const tellHeard = firstHeard(reply.id, part, journal, clock)
  const sound = Promise.withResolvers<void>()
  const scope = scopeOf(signal)
  const made = synthesize(work, part, clauses, speech, { text: aloud.given, sound: sound.resolve }, scope.signal)
  let sounding = false
  let heard = ''
  try {
    await before
    await orAborted(released, signal)
    if (!isFiller(part) && reply.content.kind === 'answer') {
      const thinking = { afterMs: THINKING_AFTER_MS, text: agent.thinking }
      await fillWhile(sound.promise, [thinking], text => fill(work, part - 0.1, text, signal), clock, signal)
    }
    for await (const progress of channel.play(speech, signal)) {
      if (!sounding) emit({ kind: 'reply-sounding', reply: reply.id, part })
      sounding = true
      work.isHeard ||= !isFiller(part)
      tellHeard(progress.heardMs)
      aloud.heard(progress.heard)
      if (progress.heard === heard) continue
      heard = progress.heard
      emit({ kind: 'heard', reply: reply.id, part, text: heard, cut: false })
    }
    if (signal.aborted && sounding) emit({ kind: 'heard', reply: reply.id, part, text: heard, cut: true })
    signal.throwIfAborted()
  } finally {
    aloud.over(signal.aborted ? 'cut-off' : 'said')
    // The voice must not go on making sound that nobody plays.
    scope.abort(new Error('the part is over'))
    await made
  }
}
