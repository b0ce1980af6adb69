import { scopeOf } from '../conversation/scope.ts'
import { spokenDigits } from '../conversation/secret/spoken-digits.ts'
import { languageOf } from '../languages/languages.ts'
import type { InterpretingParts } from './interpreting.ts'
import type { Person } from './person.ts'

const DIGITS = 6
/** Of one call. The codes themselves count the tries of a number, and of all. */
const MOST_WRONG = 5
/** Who keys nothing for so long begins anew. */
const KEYS_APART_MS = 4_000
export const INVITED = new Error('somebody has come, or nobody waits for them')
/** A code is told again so often, which also keeps a silent line from being taken for one that was left. */
const REMINDED_EACH_MS = 45_000
/** Codes are good for ten minutes: one that is told must be so for a while still. */
const TOLD_FOR_MS = 9 * 60_000

interface JoiningParts extends Pick<InterpretingParts, 'clock' | 'log' | 'codes'> {
  readonly agentLeg: (agent: string) => { readonly isFirst: boolean } | undefined
  readonly partOf: (callId: string) => Person | undefined
  readonly joined: (first: Person, second: Person) => boolean
  readonly signal: AbortSignal
}

/** How the second person comes: the first one is told a code, and the second keys, says or types it. */
export function joiningByCode({ clock, log, codes, agentLeg, partOf, joined, signal }: JoiningParts) {
  const isWaiting = (first: Person): boolean => !first.peer && !first.isParted && partOf(first.callId) === first
  const isFirst = ({ agent }: Person): boolean => agentLeg(agent)?.isFirst === true

  /** The code, or a new one where it is too old to be told. */
  async function codeOf(first: Person): Promise<string> {
    const { code } = first
    if (code && clock.now() - code.madeMs < TOLD_FOR_MS) return code.digits
    const digits = await codes.make(first.callId, clock.wallTime())
    first.code = { digits, madeMs: clock.now() }
    return digits
  }

  /** Tells the first person the code, again and again until somebody has come by it. */
  async function invite(first: Person): Promise<void> {
    first.code = undefined
    first.inviting?.abort(INVITED)
    const inviting = scopeOf(signal)
    first.inviting = inviting
    for (
      let own = await told(first, '');
      own !== undefined && isWaiting(first);
      own = await told(first, first.words.alone)
    ) {
      await clock.sleep(REMINDED_EACH_MS, inviting.signal).catch(() => undefined)
      if (inviting.signal.aborted) return
    }
    inviting.release()
  }

  async function told(first: Person, before: string): Promise<string | undefined> {
    try {
      const digits = await codeOf(first)
      if (isWaiting(first)) first.tell(`${before} ${first.words.code(digits)}`.trim())
      return digits
    } catch (error) {
      log.warn({ call: first.callId, err: error }, 'there is no code for an interpreted call')
      first.tell(first.words.noCode, 'farewell')
      return undefined
    }
  }

  function wrong(second: Person): void {
    second.keyed = ''
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
      const first = redeemed.kind === 'right' ? partOf(redeemed.callId) : undefined
      const isThere = !second.peer && !second.isParted && partOf(second.callId) === second
      if (isThere && first && joined(first, second)) return
      // Their code is spent, and nobody has come by it.
      if (first && isWaiting(first)) void invite(first)
      if (!isThere) return
      if (redeemed.kind === 'limited') second.tell(second.words.laterCode)
      else wrong(second)
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
      const nowMs = clock.now()
      const before = nowMs - one.keyedMs > KEYS_APART_MS ? '' : one.keyed
      one.keyedMs = nowMs
      one.keyed = /\d/.test(digit) ? before + digit : ''
      if (one.keyed.length < DIGITS) return
      const code = one.keyed
      one.keyed = ''
      void redeem(one, code)
    },
    /** Words of somebody who is alone on their line. */
    heard(one: Person, text: string): void {
      if (isFirst(one)) return void told(one, one.words.alone)
      const said = spokenDigits(text, languageOf(one.language))
      if (said.length === DIGITS) void redeem(one, said)
      else one.tell(one.words.askCode)
    },
  }
}
