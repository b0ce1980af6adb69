import { QUESTIONS, type Question } from '../question.ts'
import { ANSWERS, NUMBERS } from './answer-templates.ts'
import type { Chance } from './chance.ts'
import { FILLINGS } from './invented-words.ts'
import { NEW_TURNS } from './opening-templates.ts'
import { CALLER_QUESTIONS } from './question-templates.ts'
import { CALLER_REMARKS } from './remark-templates.ts'

/** A synthetic turn: an answer to a kind of question, or a request to an assistant on the phone. */
export interface InventedTurn {
  readonly question: Question
  readonly said: string
}

const DIGITS = 'zero one two three four five six seven eight nine oh'.split(' ')
const LENGTHS = [7, 10, 10, 10, 11, 8] as const
/** Most of these templates have no slot, so more times would repeat the same words. */
const QUESTION_TIMES = 8
const SLOT = /\{(\w+)\}/g

function digits(chance: Chance): string {
  const one = (): string => DIGITS[Math.floor(chance.draw() * DIGITS.length)] ?? ''
  return Array.from({ length: chance.pick(LENGTHS) }, one).join(' ')
}

/** Fills the slots, and the slots inside their fillings. */
function filled(template: string, chance: Chance): string {
  const text = template.replaceAll(SLOT, (_, slot: string) => {
    if (slot === 'digits') return digits(chance)
    const values = FILLINGS[slot] ?? []
    return values[Math.floor(chance.draw() * values.length)] ?? ''
  })
  return text.includes('{') ? filled(text, chance) : text
}

/** Answers to each kind of question and turns that open a new topic, several from each template. */
export function inventTurns(perTemplate: number, chance: Chance): readonly InventedTurn[] {
  const fill = (question: Question, templates: readonly string[], times: number): readonly InventedTurn[] =>
    templates.flatMap(template => {
      const said = new Set(Array.from({ length: times }, () => filled(template, chance)))
      return [...said].map(text => ({ question, said: text }))
    })
  const answers = QUESTIONS.flatMap(question => fill(question, ANSWERS[question] ?? [], perTemplate))
  const opening: readonly Question[] = ['nothing', 'help', 'statement', 'anything else']
  const openings = opening.flatMap(question => fill(question, NEW_TURNS, Math.ceil(perTemplate / 2)))
  const anywhere: readonly Question[] = [...opening, 'yes or no']
  const questions = anywhere.flatMap(question => fill(question, CALLER_QUESTIONS, QUESTION_TIMES))
  const remarks = anywhere.slice(1).flatMap(question => fill(question, CALLER_REMARKS, QUESTION_TIMES))
  return [...answers, ...openings, ...questions, ...remarks, ...fill('number', NUMBERS, perTemplate * 4)]
}
