import type { Agent } from '../agent.ts'
import { MANNERS, type Manner } from '../delivery.ts'

/** A piece of text to say, and in which manner, where the model has said so. */
export interface Clause {
  readonly text: string
  readonly manner?: Manner | undefined
}

/** Signs of private use: they are taken out of what a model writes before marks are read, so no model can write one itself. */
const FIRST_SIGN = 0xe000
const SIGNS = MANNERS.map((_, index) => String.fromCharCode(FIRST_SIGN + index))
const AT_SIGNS = new RegExp(`([${SIGNS[0]}-${SIGNS.at(-1)}])\\s*`)

/** The sign for a manner that a note in brackets names; undefined for any other note. */
export function signOf(note: string): string | undefined {
  return SIGNS[(MANNERS as readonly string[]).indexOf(note.trim().toLowerCase())]
}

/** Text without signs, and the manners between: the text at even places, the manners at odd ones. */
export const splitAtSigns = (text: string): readonly string[] => text.split(AT_SIGNS)
export const mannerOf = (sign: string): Manner | undefined => MANNERS[sign.charCodeAt(0) - FIRST_SIGN]

/** What the model of an agent is told, with the marks that it may write where it may. */
export const toldInstructions = ({ instructions, expressive }: Pick<Agent, 'instructions' | 'expressive'>): string =>
  expressive
    ? `${instructions}\n\nWhere it helps, begin a sentence with how it is to be said: ${MANNERS.map(manner => `[${manner}]`).join(' ')}. It is never read aloud, and holds until the next mark. Most answers need none; one that fits the words is enough, and no other words in brackets.`
    : instructions
