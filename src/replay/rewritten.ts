import type { Language } from '../conversation/language.ts'
import { isEvent, type JournalLine, type Line, type Stream } from '../conversation/lines.ts'
import { restore } from '../conversation/restore.ts'
import { advance, begun, type ConversationState } from '../conversation/state.ts'
import { isDecision, type TurnEvent } from '../conversation/turn/turn.ts'
import { bareText } from '../conversation/turn/utterance.ts'
import { ModelAnswers } from './model-answers.ts'
import { inPieces, type PrivateWords, without } from './private-words.ts'

type Words = Extract<TurnEvent, { kind: 'words' }>

/** Notes that a replay needs. All others may tell anything, so a fixture has none of them. */
const KEPT_NOTES = new Set(['reply-cut', 'withheld', 'tool-said'])
/** Keys that come so soon after each other belong to one number. */
const KEYS_APART_MS = 5_000
const LEAST_KEYS = 3

/** Which lines have something replaced: the sound there tells it too. */
export interface Rewritten {
  readonly lines: readonly JournalLine[]
  /** The numbers of the original lines that were changed. */
  readonly touched: ReadonlySet<number>
}

/**
 * The inputs of a journal with everything private replaced, and what was decided then decided anew: with other names a
 * text may be cut into other clauses.
 */
export function rewritten(
  lines: readonly JournalLine[],
  words: PrivateWords,
  languageOf: (code: string) => Language,
): Rewritten {
  const inputs = replacedInputs(lines, words)
  const touched = new Set<number>()
  const replaced = lines.flatMap((line): readonly JournalLine[] => {
    if ('noted' in line) return KEPT_NOTES.has(line.noted.kind) ? [noteWithout(line, words)] : []
    if (!('input' in line)) return [line]
    const input = inputs.get(line.seq) ?? replacedIn(line.input, words)
    if (JSON.stringify(input) !== JSON.stringify(line.input)) touched.add(line.seq)
    return [{ ...line, input }]
  })
  return { lines: decidedAnew(replaced, words, languageOf), touched }
}

/** The very words that a tool had for the caller: a what-if asks the model for no others. */
const noteWithout = (line: Extract<JournalLine, { noted: unknown }>, words: PrivateWords): JournalLine =>
  line.noted.kind === 'tool-said' ? { ...line, noted: deepReplaced(line.noted, words) } : line

/** Inputs that came in pieces, or that others of the same words explain. */
function replacedInputs(lines: readonly JournalLine[], words: PrivateWords): ReadonlyMap<number, TurnEvent | Stream> {
  const made = new Map<number, TurnEvent | Stream>()
  const inputsOf = <Kind extends (TurnEvent | Stream)['kind']>(kind: Kind) =>
    lines.flatMap(line =>
      'input' in line && line.input.kind === kind
        ? [{ seq: line.seq, atMs: line.atMs, input: line.input as Extract<TurnEvent | Stream, { kind: Kind }> }]
        : [],
    )
  const placeOf = ({ input }: { readonly input: { readonly reply: number; readonly part: number } }): string =>
    `${input.reply}:${input.part}`

  for (const deltas of Object.values(Object.groupBy(inputsOf('delta'), placeOf))) {
    const texts = inPieces(
      (deltas ?? []).map(({ input }) => input.text),
      '',
      words,
    )
    for (const [i, { seq, input }] of (deltas ?? []).entries()) made.set(seq, { ...input, text: texts[i] ?? '' })
  }

  const spoken = new Map<string, { readonly before: readonly string[]; readonly after: readonly string[] }>()
  for (const [place, speeches] of Object.entries(Object.groupBy(inputsOf('speech-words'), placeOf))) {
    const before = (speeches ?? []).flatMap(({ input }) => input.words.map(word => word.text))
    const after = inPieces(before, ' ', words)
    spoken.set(place, { before, after })
    let at = 0
    for (const { seq, input } of speeches ?? []) {
      made.set(seq, { ...input, words: input.words.map(word => ({ ...word, text: after[at++] ?? word.text })) })
    }
  }

  // What was heard is the beginning of what was spoken, also where it ends within a number.
  for (const { seq, input } of inputsOf('heard')) {
    const { before = [], after = [] } = spoken.get(placeOf({ input })) ?? {}
    const count = input.text === '' ? 0 : input.text.split(' ').length
    const isBeginning = before.slice(0, count).join(' ') === input.text
    made.set(seq, { ...input, text: isBeginning ? after.slice(0, count).join(' ') : without(input.text, words) })
  }

  // Interim words are the beginning of the final ones, also where they end within a number.
  let interims: { readonly seq: number; readonly input: Words }[] = []
  for (const { seq, input } of inputsOf('words')) {
    interims.push({ seq, input })
    if (!input.final) continue
    for (const each of interims) {
      const { aloud: _, ...others } = each.input
      made.set(each.seq, { ...others, text: likeFinal(each.input.text, input.text, words) })
    }
    interims = []
  }

  let keys: { readonly seq: number; readonly atMs: number; readonly input: Extract<TurnEvent, { kind: 'digit' }> }[] =
    []
  const endKeys = (): void => {
    if (keys.length >= LEAST_KEYS)
      for (const { seq, input } of keys) made.set(seq, { ...input, digit: words.otherDigit(input.digit) })
    keys = []
  }
  for (const key of inputsOf('digit')) {
    const last = keys.at(-1)
    if (last && Math.abs(key.atMs - last.atMs) > KEYS_APART_MS) endKeys()
    keys.push(key)
  }
  endKeys()
  return made
}

function likeFinal(interim: string, final: string, words: PrivateWords): string {
  const [some, all] = [interim.split(' '), final.split(' ')]
  const isBeginning = some.every((word, i) => bareText(word) === bareText(all[i] ?? ''))
  if (!isBeginning || some.length > all.length) return without(interim, words)
  // Word by word, so that its own capitals and signs stay.
  const padded = [...some, ...all.slice(some.length)]
  return inPieces(padded, ' ', words).slice(0, some.length).join(' ')
}

/** Every text of an input that came whole. */
function replacedIn(input: TurnEvent | Stream, words: PrivateWords): TurnEvent | Stream {
  return deepReplaced(input, words)
}

/** What the agent was saying around the caller's words may begin or end within a private word, where nobody would know it. */
const LEFT_OUT = 'aloud'
/** Ids and names of tools stay: they tell nothing, and the code goes by them. */
const AS_IT_IS = new Set(['kind', 'id', 'callId', 'name', 'provider', 'digit'])

function deepReplaced<T>(value: T, words: PrivateWords): T {
  const deep = (some: unknown, key: string): unknown => {
    if (typeof some === 'string') return AS_IT_IS.has(key) ? some : without(some, words)
    if (Array.isArray(some)) return some.map(item => deep(item, key))
    // What a model's server signed would be wrong with one sign changed.
    if (typeof some !== 'object' || some === null || key === 'extra') return some
    const kept = Object.entries(some).filter(([name]) => name !== LEFT_OUT)
    return Object.fromEntries(kept.map(([name, item]) => [name, deep(item, name)]))
  }
  return deep(value, '') as T
}

const isStart = (line: JournalLine): boolean => 'started' in line

/** Numbers the lines anew, and decides again what the changed inputs lead to. */
function decidedAnew(
  lines: readonly JournalLine[],
  words: PrivateWords,
  languageOf: (code: string) => Language,
): readonly JournalLine[] {
  const made: JournalLine[] = []
  const seqs = new Map<number, number>()
  let answers: ModelAnswers | undefined
  let state: ConversationState | undefined
  let language: Language | undefined
  let policy: Parameters<typeof advance>[2]['policy'] | undefined
  for (const line of lines) {
    const { v, atMs } = line
    const add = (some: Line): void => void made.push({ ...some, v, seq: made.length + 1, atMs })
    if ('started' in line) {
      const { started } = line
      language = languageOf(started.language)
      policy = started.policy
      answers = new ModelAnswers(language, true, policy.mostLetters)
      const turn = deepReplaced(started.turn, words)
      const afterSeq = [...seqs].findLast(([seq]) => seq <= (started.afterSeq ?? line.seq))?.[1] ?? 0
      const known = made.slice(0, afterSeq)
      state = begun(turn, known.some(isStart) ? restore(known, language) : undefined)
      add({ started: { ...started, turn, afterSeq } })
      if (turn.kind === 'ended') add({ decided: { kind: 'turn', turn } })
    } else if (!state || !answers || !language || !policy) add(line)
    else if ('input' in line) {
      const { input } = line
      const missed = isEvent(input)
        ? answers.took(input, state)
        : input.kind === 'delta' || input.kind === 'model-answered'
          ? answers.wrote(input, state)
          : []
      for (const decided of missed) add({ decided })
      add({ input })
      if (isEvent(input)) {
        const before = state.turn
        state = advance(state, input, { policy, language })
        if (isDecision(before, state.turn)) add({ decided: { kind: 'turn', turn: state.turn } })
      }
    } else if ('decided' in line) {
      const { decided } = line
      const now =
        decided.kind === 'clause' ? answers.said(decided, state) : decided.kind === 'turn' ? undefined : decided
      if (now) add({ decided: now })
    } else {
      if ('noted' in line && line.noted.kind === 'reply-cut') answers.cut(Number(line.noted.reply))
      add(line)
    }
    seqs.set(line.seq, made.length)
  }
  return JSON.parse(JSON.stringify(made))
}
