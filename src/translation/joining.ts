import { spokenDigits } from '../conversation/secret/spoken-digits.ts'
import { languageOf } from '../languages/languages.ts'
import type { InterpretingParts } from './interpreting.ts'
import type { Person } from './person.ts'

const DIGITS = 6
/** Of one call. The codes themselves count the tries of a number, and of all. */
const MOST_WRONG = 5

interface JoiningParts extends Pick<InterpretingParts, 'clock' | 'log' | 'codes'> {
  readonly agentLeg: (agent: string) => { readonly isFirst: boolean } | undefined
  readonly partOf: (callId: string) => Person | undefined
  readonly joined: (first: Person, second: Person) => boolean
}

/** How the second person comes: the first one is told a code, and the second keys, says or types it. */
export function joiningByCode({ clock, log, codes, agentLeg, partOf, joined }: JoiningParts) {
  const isFirst = ({ agent }: Person): boolean => agentLeg(agent)?.isFirst === true

  async function invite(first: Person): Promise<void> {
    try {
      const code = await codes.make(first.callId, clock.wallTime())
      if (!first.peer && !first.isParted) first.tell(first.words.code(code))
    } catch (error) {
      log.warn({ call: first.callId, err: error }, 'there is no code for an interpreted call')
      first.tell(first.words.noCode, 'farewell')
    }
  }

  function wrong(second: Person): void {
    second.wrongCodes++
    if (second.wrongCodes < MOST_WRONG) return second.tell(second.words.wrongCode)
    second.isParted = true
    second.tell(second.words.noMoreCodes, 'farewell')
  }

  async function redeem(second: Person, code: string): Promise<void> {
    if (second.isJoining) return
    second.isJoining = true
    try {
      const redeemed = await codes.redeem(code, second.owner, clock.wallTime())
      if (second.peer || second.isParted) return
      const first = redeemed.kind === 'right' ? partOf(redeemed.callId) : undefined
      if (!first || !joined(first, second)) wrong(second)
    } catch (error) {
      log.warn({ call: second.callId, err: error }, 'a code of an interpreted call cannot be checked')
      second.tell(second.words.laterCode)
    } finally {
      second.isJoining = false
    }
  }

  return {
    invite,
    /** A key of somebody who has not joined yet. */
    keyed(one: Person, digit: string): void {
      if (isFirst(one)) return
      one.keyed = /\d/.test(digit) ? one.keyed + digit : ''
      if (one.keyed.length < DIGITS) return
      const code = one.keyed
      one.keyed = ''
      void redeem(one, code)
    },
    /** Words of somebody who is alone on their line. */
    heard(one: Person, text: string): void {
      if (isFirst(one)) return one.tell(one.words.alone)
      const said = spokenDigits(text, languageOf(one.language))
      if (said.length === DIGITS) void redeem(one, said)
      else one.tell(one.words.askCode)
    },
  }
}
