import type { CallerSpeech } from './caller-speech.ts'
import type { Carrier } from './carrier.ts'
import type { Chance } from './chance.ts'
import type { Ledger } from './ledger.ts'
import { type PhraseKind, phrasebook } from './phrasebook.ts'

/** What a caller may do next, with weights. */
const ACTIONS = {
  answers: 30,
  'barges in': 14,
  'back-channels': 8,
  coughs: 6,
  'keys digits': 5,
  'pauses and goes on': 10,
  'trails off': 7,
  'makes a correction': 7,
  'spells a number': 4,
  'is silent': 3,
  'is noisy': 2,
  'says goodbye': 2,
  'asks for a person': 2,
  'answers over the end': 4,
} as const
type Action = keyof typeof ACTIONS

/** The condition that the caller waits for before the next step. */
type Until = (nowMs: number) => boolean

export interface CallerParts {
  readonly chance: Chance
  readonly callerSpeech: CallerSpeech
  readonly carrier: Pick<Carrier, 'playedAt' | 'quietSince'>
  readonly ledger: Ledger
  readonly now: () => number
  readonly key: (digit: string) => void
  /** Runs `act` at this time; used for digits. */
  readonly at: (atMs: number, act: () => void) => void
}

/** A caller with random actions. `tick` takes all steps that are possible now. */
export function anyCaller(parts: CallerParts): { tick(): void } {
  const steps = behaviour(parts)
  let until: Until = () => true
  return {
    tick() {
      const nowMs = parts.now()
      while (until(nowMs)) {
        const next = steps.next()
        until = next.done ? () => false : next.value
      }
    },
  }
}

function* behaviour(parts: CallerParts): Generator<Until, void, void> {
  const { chance, callerSpeech, carrier, ledger, now } = parts
  const sentence = phrasebook(chance.branch('phrases'))
  const msPerLetter = chance.between(35, 90)
  const say = (kind: PhraseKind, afterMs = 0): void => callerSpeech.say(sentence(kind), now() + afterMs, msPerLetter)
  const silent: Until = nowMs => callerSpeech.silentFromMs <= nowMs
  const after = (ms: number): Until => {
    const untilMs = now() + ms
    return nowMs => nowMs >= untilMs
  }
  /** The agent has spoken and is quiet again, or nothing was heard for `mostMs`. */
  const answered = (quietMs: number, mostMs: number): Until => {
    const fromMs = now()
    return nowMs => {
      const quietSince = carrier.quietSince(nowMs)
      return (quietSince > fromMs && nowMs - quietSince >= quietMs) || nowMs - fromMs >= mostMs
    }
  }
  /** The agent is speaking, or has not spoken for `mostMs`. */
  const sounding = (mostMs: number): Until => {
    const fromMs = now()
    return nowMs => carrier.playedAt(nowMs) !== undefined || nowMs - fromMs >= mostMs
  }

  // Some callers speak before or during the greeting.
  yield chance.happens(0.15) ? after(chance.between(0, 1_500)) : answered(chance.between(100, 1_500), 6_000)
  while (true) {
    const action = chance.weighted<Action>(ACTIONS, 'answers')
    ledger.count(`caller ${action}`)
    yield silent
    switch (action) {
      case 'answers':
        say(chance.happens(0.85) ? 'complete' : 'short')
        yield silent
        yield answered(chance.tailed(600, 4_000), 14_000)
        break
      case 'barges in':
        yield sounding(8_000)
        yield after(chance.between(0, 2_500))
        say(chance.happens(0.6) ? 'complete' : chance.happens(0.5) ? 'correcting' : 'short')
        yield silent
        yield answered(chance.tailed(600, 4_000), 14_000)
        break
      case 'answers over the end':
        yield answered(0, 10_000)
        say(chance.happens(0.5) ? 'complete' : 'back-channel')
        yield silent
        break
      case 'back-channels':
        yield sounding(8_000)
        yield after(chance.between(0, 2_000))
        say('back-channel')
        yield silent
        yield after(chance.between(0, 1_500))
        break
      case 'coughs':
        yield after(chance.between(0, 3_000))
        callerSpeech.noise(chance.between(40, 1_400), now())
        yield silent
        break
      case 'keys digits': {
        const keys = chance.pick(['1', '0', '42#', '1234', '#', '5551234'])
        let atMs = now()
        for (const digit of keys) {
          atMs += chance.between(80, 900)
          parts.at(atMs, () => parts.key(digit))
        }
        yield after(atMs - now())
        yield answered(600, 12_000)
        break
      }
      case 'pauses and goes on':
        say('complete')
        say('going on', callerSpeech.silentFromMs - now() + chance.tailed(700, 4_000))
        yield silent
        yield answered(500, 14_000)
        break
      case 'trails off':
        say('trailing')
        yield silent
        yield chance.happens(0.5) ? answered(300, 9_000) : after(chance.between(500, 6_000))
        say('going on')
        yield silent
        yield answered(500, 14_000)
        break
      case 'makes a correction':
        say('complete')
        say('correcting', callerSpeech.silentFromMs - now() + chance.between(150, 1_600))
        yield silent
        yield answered(500, 14_000)
        break
      case 'spells a number':
        say('spelt')
        say('spelt', callerSpeech.silentFromMs - now() + chance.between(200, 2_000))
        yield silent
        yield answered(500, 14_000)
        break
      case 'is silent':
        yield after(chance.between(8_000, 26_000))
        break
      case 'is noisy':
        callerSpeech.noise(chance.between(1_500, 9_000), now())
        yield after(chance.between(0, 2_000))
        break
      case 'says goodbye':
        say('goodbye')
        yield silent
        yield answered(500, 14_000)
        break
      case 'asks for a person':
        say('asking for a person')
        yield silent
        yield answered(500, 14_000)
    }
  }
}
