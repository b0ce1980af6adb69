import type { Language } from '../../conversation/language.ts'
import type { JournalLine } from '../../conversation/lines.ts'
import { isOwn } from '../../conversation/turn/overlap.ts'
import type { Turn, TurnEvent } from '../../conversation/turn/turn.ts'
import { bareText, wordedText } from '../../conversation/turn/utterance.ts'
import { Story, type StoryEvent } from '../../journal/story.ts'
import { english } from '../../languages/english.ts'
import { isKnownLanguage, languageOf } from '../../languages/languages.ts'
import type { Told } from './messages.ts'
import { endedWords, judgedOverlap, whyWords } from './why-words.ts'

/** Something that is told of the call, in ms since the server first answered it. */
export interface ToldAt {
  readonly atMs: number
  readonly told: Told
}

type Words = Extract<TurnEvent, { kind: 'words' }>
type Heard = Extract<TurnEvent, { kind: 'heard' }>

/** Tells a call to the people who hold it, line by line of its journal. */
export class ToldCall {
  #language: Language = english
  #story = new Story(english)
  #firstWallMs: number | undefined
  /** Where the current stretch on the line begins: each counts its time anew. */
  #zeroMs = 0
  #turn: Turn | undefined
  #isOwnVoice = false
  #last: Extract<Told, { kind: 'turn' }> | undefined
  /** Final words of the turn so far, and the last that was told of it. */
  #said = ''
  #interim = ''
  #callerTurn = ''
  readonly #heard = new Map<number, Map<number, string>>()

  /** Takes the next line, and returns what it tells. */
  take(line: JournalLine): readonly ToldAt[] {
    const told: Told[] = []
    if ('started' in line) this.#begin(line.started)
    if ('input' in line && line.input.kind === 'words') told.push(...this.#words(line.input))
    if ('input' in line && line.input.kind === 'heard') told.push(...this.#speaking(line.input))
    if ('input' in line) this.#isOwnVoice = line.input.kind === 'wait-over' && isOwn(line.input.own)
    for (const event of this.#story.take(line)) {
      if (event.kind === 'caller') this.#turnTaken(event.text)
      told.push(plain(event))
    }
    if ('started' in line) told.push(...this.#turned(line.started.turn))
    if ('decided' in line && line.decided.kind === 'turn') told.push(...this.#turned(line.decided.turn))
    return told.map(one => ({ atMs: Math.max(0, line.atMs + this.#zeroMs), told: one }))
  }

  #begin({ language, wallTime }: Extract<JournalLine, { started: unknown }>['started']): void {
    const wallMs = Date.parse(wallTime)
    this.#firstWallMs ??= wallMs
    this.#zeroMs = wallMs - this.#firstWallMs
    if (!isKnownLanguage(language)) return
    const known = languageOf(language)
    if (known === this.#language) return
    this.#language = known
    this.#story = new Story(known)
  }

  #words({ text, final }: Words): readonly Told[] {
    const worded = wordedText(text)
    // Words that were answered already come once more as final ones.
    const isTheirTurn = this.#turn?.kind !== 'replying' && this.#turn?.kind !== 'listening'
    if (worded === '' || (!isTheirTurn && isWithin(this.#callerTurn, worded))) return []
    const so = this.#said === '' ? worded : `${this.#said} ${worded}`
    if (final) this.#said = so
    if (so === this.#interim) return []
    this.#interim = so
    return [{ kind: 'interim', text: so }]
  }

  #turnTaken(text: string): void {
    this.#callerTurn = text
    this.#said = ''
    this.#interim = ''
  }

  #speaking({ reply, part, text }: Heard): readonly Told[] {
    const parts = this.#heard.get(reply) ?? new Map<number, string>()
    if (parts.get(part) === text) return []
    // One reply is spoken at a time.
    if (!this.#heard.has(reply)) this.#heard.clear()
    this.#heard.set(reply, parts.set(part, text))
    const all = [...parts.values()].filter(one => one !== '').join(' ')
    return all === '' ? [] : [{ kind: 'speaking', text: all }]
  }

  #turned(turn: Turn): readonly Told[] {
    const before = this.#turn
    this.#turn = turn
    const overlap = judgedOverlap(before, turn, this.#isOwnVoice, this.#language)
    const told: Told[] = overlap ? [{ kind: 'overlap', ...overlap }] : []
    // A sound that was no turn of its own is not put before the next one.
    if (overlap && overlap.judged !== 'interruption') this.#turnTaken(this.#callerTurn)
    const isSame = before?.kind === turn.kind && replyOf(before) === replyOf(turn) && turn.kind !== 'settling'
    const now = { kind: 'turn', state: turn.kind, why: whyWords(before, turn) } as const
    const isTold = now.why === this.#last?.why && now.state === this.#last.state
    if (isTold || (isSame && turn.kind !== 'yielding')) return told
    this.#last = now
    return [...told, now]
  }
}

/** As people are told it: without the frame that a tool's result has for the model, and with why the call ended in words. */
function plain(event: StoryEvent): Told {
  if (event.kind === 'tool') return { ...event, result: event.result.replace(`Result of ${event.name}: `, '') }
  return event.kind === 'ended' ? { kind: 'ended', why: endedWords(event.why) } : event
}

const replyOf = (turn: Turn): number | undefined => ('reply' in turn ? turn.reply.id : undefined)

const isWithin = (text: string, words: string): boolean => ` ${bareText(text)} `.includes(` ${bareText(words)} `)
