import type { Turn, TurnOf } from '../conversation/turn/turn.ts'
import type { CalledTool, CallSoFar } from './call-so-far.ts'
import type { ErrorOptions, ExpectationError } from './expectation-error.ts'
import { isIn, isPartly, shown } from './partly.ts'

/** What a test expects of what a call has said, and of its tools and hand-offs, each of which is expected once. */
export class Expected {
  readonly #soFar: Pick<CallSoFar, 'called' | 'handOffs'>
  readonly #error: (problem: string, more?: ErrorOptions) => ExpectationError
  /** The places of the tools that were expected already. */
  readonly #ran = new Set<number>()
  /** So many of the hand-offs were expected already. */
  #given = 0

  constructor(
    soFar: Pick<CallSoFar, 'called' | 'handOffs'>,
    error: (problem: string, more?: ErrorOptions) => ExpectationError,
  ) {
    this.#soFar = soFar
    this.#error = error
  }

  said(expected: RegExp | string, words: string): void {
    if (isIn(expected, words)) return
    throw this.#error(`The agent was expected to say ${quoted(expected)}.\nIt said: ${heard(words)}`, {
      ...{ expected, actual: words },
    })
  }

  notSaid(unwanted: RegExp | string, words: string): void {
    if (!isIn(unwanted, words)) return
    throw this.#error(`The agent was expected not to say ${quoted(unwanted)}.\nIt said: ${heard(words)}`)
  }

  tool(name: string, given: object): CalledTool {
    const { called } = this.#soFar
    const index = called.findIndex(
      (tool, i) => !this.#ran.has(i) && tool.name === name && isPartly(tool.arguments, given),
    )
    const found = called[index]
    if (!found) {
      const runs = called.map((tool, i) => `  ${shownCall(tool)}${this.#ran.has(i) ? ' (expected already)' : ''}`)
      const had = runs.length === 0 ? 'It has run none.' : `It has run:\n${runs.join('\n')}`
      throw this.#error(`The agent was expected to run ${name} with ${shown(given)}.\n${had}`, {
        expected: { name, arguments: given },
        actual: called.map(({ name: ran, arguments: args }) => ({ name: ran, arguments: args })),
      })
    }
    this.#ran.add(index)
    return found
  }

  noTool(name: string | undefined): void {
    const others = this.#soFar.called.filter(
      (tool, i) => !this.#ran.has(i) && (name === undefined || tool.name === name),
    )
    if (others.length > 0)
      throw this.#error(
        `The agent was expected to run no ${name ?? 'tool'}. It has run:\n${others
          .map(shownCall)
          .map(one => `  ${one}`)
          .join('\n')}`,
      )
  }

  end(turn: Turn, next: TurnOf<'ended'>['next'] | undefined): void {
    if (turn.kind !== 'ended')
      throw this.#error(`The call was expected to be over${next ? ` (${next})` : ''}, and goes on.`)
    if (next !== undefined && turn.next !== next)
      throw this.#error(`The call was expected to end with ${next}, and ended with ${turn.next} (${turn.why}).`, {
        ...{ expected: next, actual: turn.next },
      })
  }

  /** What the other agent's model was told. */
  handOff(to: string): string {
    const { handOffs } = this.#soFar
    const index = handOffs.findIndex(({ agent }, i) => i >= this.#given && agent === to)
    const found = handOffs[index]
    if (!found) {
      const names = handOffs.map(({ agent }, i) => `${agent}${i < this.#given ? ' (expected already)' : ''}`)
      const had = names.length === 0 ? 'It has given it to nobody.' : `It was given to: ${names.join(', ')}.`
      throw this.#error(`The agent was expected to give the call to ${to}.\n${had}`)
    }
    this.#given = index + 1
    return found.told
  }
}

const shownCall = ({ name, arguments: given }: CalledTool): string => `${name} ${shown(given)}`
const quoted = (pattern: RegExp | string): string => (typeof pattern === 'string' ? `"${pattern}"` : String(pattern))
const heard = (text: string): string => (text === '' ? '(nothing)' : `"${text}"`)
