import type { Delta, LanguageModel } from '../../../src/conversation/ports.ts'
import { ProviderError } from '../../../src/errors.ts'
import type { Chance } from '../chance.ts'
import type { Ledger } from '../ledger.ts'
import type { SimulatedClock } from '../simulated-clock.ts'

export interface ModelTraits {
  readonly firstMs: number
  readonly mostFirstMs: number
  readonly wordMs: number
  /** The probability that a request goes wrong. */
  readonly fails: number
  /** The probability that an answer calls tools. */
  readonly calls: number
}

export const anyModel = (chance: Chance): ModelTraits => ({
  firstMs: chance.between(80, 900),
  mostFirstMs: chance.happens(0.3) ? 3_400 : 1_500,
  wordMs: chance.between(2, 60),
  fails: chance.happens(0.25) ? chance.pick([0.05, 0.3, 0.9]) : 0,
  calls: chance.between(0, 0.5),
})

type Fault =
  | 'none'
  | 'fails at once'
  | 'fails in the middle'
  | 'stalls'
  | 'says nothing'
  | 'says only a space'
  | 'is slow'
const FAULTS = {
  'fails at once': 2,
  'fails in the middle': 2,
  stalls: 2,
  'says nothing': 1,
  'says only a space': 1,
  'is slow': 3,
}
/** Just under the adapter's limit for the next item. */
const SLOW_MS = 2_900
/** The time after which the adapter detects a stall. */
const STALLED_MS = 3_500

const SENTENCES = [
  'We open at nine in the morning.',
  'Certainly, I have a table for four on Friday at seven.',
  'What is your phone number?',
  'Shall I book it for you?',
  'That would be twelve dollars, and the soup is included.',
  'I am afraid that we are closed on Mondays; would Tuesday do?',
  'Parking is behind the house, next to the old mill, and free after six.',
  'Okay.',
  'Could you tell me your name?',
  'One moment please, I will see what I can do for you.',
  'Your reference is four seven one nine; please keep it until your visit.',
  'What is the code of four digits?',
] as const

/** A model with random answers, tool calls and faults. */
export function model(
  traits: ModelTraits,
  clock: SimulatedClock,
  ledger: Ledger,
  chance: Chance,
  ids = 'call',
): LanguageModel {
  let calls = 0
  return {
    async *reply(prompt, signal): AsyncGenerator<Delta> {
      ledger.opened('model')
      ledger.count('model asked')
      const fault = chance.happens(traits.fails) ? chance.weighted<Fault>(FAULTS, 'none') : 'none'
      if (fault !== 'none') ledger.count(`model: ${fault}`)
      const broken = (why: string): Error => new ProviderError('model', why, { retryable: chance.happens(0.8) })
      const stall = async (): Promise<never> => {
        await clock.sleep(STALLED_MS, signal)
        throw broken('nothing came for 3500 ms')
      }
      try {
        signal.throwIfAborted()
        await clock.sleep(
          chance.happens(0.1) ? traits.mostFirstMs : chance.tailed(traits.firstMs, traits.mostFirstMs),
          signal,
        )
        if (fault === 'fails at once') throw broken('simulated')
        if (fault === 'stalls' && chance.happens(0.5)) await stall()
        if (fault === 'says only a space') yield { kind: 'text', text: ' ' }
        if (fault === 'says nothing' || fault === 'says only a space') return
        const isAfterTool = prompt.history.at(-1)?.role === 'tool'
        const callsTools = prompt.tools.length > 0 && chance.happens(isAfterTool ? traits.calls / 2 : traits.calls)
        const sentences = callsTools && chance.happens(0.5) ? 0 : chance.whole(1, chance.happens(0.1) ? 7 : 2)
        const text = Array.from({ length: sentences }, () => chance.pick(SENTENCES)).join(' ')
        const words = text === '' ? [] : text.split(/(?<= )/)
        for (const [index, word] of words.entries()) {
          if (index === Math.floor(words.length / 2)) {
            if (fault === 'fails in the middle') throw broken('simulated, in the middle')
            if (fault === 'stalls') await stall()
          }
          yield { kind: 'text', text: word }
          if (fault === 'is slow') await clock.sleep(SLOW_MS, signal)
          if (index % 4 === 3) await clock.sleep(4 * traits.wordMs, signal)
        }
        if (callsTools) {
          const names = ['look_up', 'book', 'cancel', 'look_up', 'no_such_tool'] as const
          for (let left = chance.happens(0.15) ? 2 : 1; left > 0; left--) {
            const call = { id: `${ids}-${++calls}`, name: chance.pick(names), arguments: '{"day":"Friday"}' }
            yield { kind: 'tool-call', call }
          }
        }
        yield { kind: 'tokens', input: 100, output: words.length, cached: 0 }
      } finally {
        ledger.closed('model')
      }
    },
  }
}
