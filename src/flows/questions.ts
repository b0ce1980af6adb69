import { type About, wordsIn } from './collector.ts'
import { phrase } from './phrases.ts'
import type { FlowState, Place } from './state.ts'
import type { FlowDefinition } from './steps.ts'
import { filledIn } from './template.ts'
import { walk } from './walk.ts'

/** A full stop after a letter would be an initial's, and not be heard: "S H A Y N E, is that right?" */
const withQuestion = (sentence: string, question: string): string =>
  /(?<!\p{L})\p{L}\.$/u.test(sentence)
    ? `${sentence.slice(0, -1)}, ${question.replace(/\p{L}/u, letter => letter.toLowerCase())}`
    : `${sentence} ${question}`

/** What the caller is asked at this place; empty where the model or a function goes on. */
export function questionAt(flow: FlowDefinition, state: FlowState, place: Place, about: About): string {
  const step = flow.steps[place.step]
  const note = state.notes[place.step]
  switch (place.kind) {
    case 'confirm':
      return step?.kind === 'confirm' ? filledIn(step.ask, flow, walk(flow, state).values, about) : ''
    case 'change':
      return phrase('change', about)
    case 'wrong':
      return phrase('wrong', about)
    case 'right': {
      const value = step?.kind === 'collect' && note ? step.as.readBack(note.value, about, note.isCareful) : undefined
      return value === undefined ? '' : withQuestion(value, phrase('isRight', about))
    }
    case 'more':
      return note?.lacks ?? ''
    case 'ask':
      if (step?.kind !== 'collect') return ''
      return step.ask === undefined
        ? wordsIn(step.as.ask, about)
        : filledIn(step.ask, flow, walk(flow, state).values, about)
    case 'secret':
    case 'task':
    case 'run':
    case 'hand-off':
    case 'end':
      return ''
  }
}

/** The question after words that were not understood: never the same sentence a third time. */
function questionAgain(flow: FlowDefinition, state: FlowState, place: Place, about: About): string {
  const step = flow.steps[place.step]
  const tries = state.tries[place.step] ?? 0
  const question = questionAt(flow, state, place, about)
  if (step?.kind !== 'collect' || tries < 2 || (place.kind !== 'ask' && place.kind !== 'wrong')) return question
  const hint = wordsIn(step.as.hint, about)
  return tries === 2 ? hint : `${phrase('stop', about)} ${hint}`
}

/** New values that are not read back by themselves, so that the caller hears them: "Large, with olives." */
function mentioned(
  flow: FlowDefinition,
  state: FlowState,
  fresh: readonly string[],
  place: Place,
  about: About,
): string {
  if (place.kind === 'confirm') return ''
  const words = fresh.flatMap(name => {
    const step = flow.steps[name]
    const note = state.notes[name]
    if (step?.kind !== 'collect' || note?.isRight !== true || note.value === null || typeof note.value === 'boolean')
      return []
    return [step.as.spoken(note.value, about)]
  })
  const text = words.join(', ')
  return text === '' ? '' : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
}

export interface ToBeSaid {
  readonly remarks: readonly string[]
  readonly fresh: readonly string[]
  /** What steps on the way say. */
  readonly said: readonly string[]
  /** The caller has just said that what was read back is right. */
  readonly isAgreed: boolean
}

const MOST_LETTERS = 800

/** All that the caller hears in one turn: what was wrong, what was understood, what is said on the way, and the question. */
export function spokenAt(
  flow: FlowDefinition,
  state: FlowState,
  place: Place,
  { remarks, fresh, said, isAgreed }: ToBeSaid,
  about: About,
): string {
  const values = mentioned(flow, state, fresh, place, about)
  const before = [values, ...remarks, ...said].filter(words => words !== '')
  const isAsked = /\?\s*$/.test(before.at(-1) ?? '')
  const question = isAsked ? '' : questionAgain(flow, state, place, about)
  const good = before.length === 0 && isAgreed && question !== '' ? [phrase('good', about)] : []
  return [...good, ...before, question]
    .filter(words => words !== '')
    .join(' ')
    .slice(0, MOST_LETTERS)
}
