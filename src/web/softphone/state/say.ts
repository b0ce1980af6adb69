import type { Ended, Judged, TurnState } from '../line/messages.ts'
import type { Call } from './phone.ts'
import type { Hint } from './problems.ts'

/** A length: `0:07`, `12:34`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
/** A moment to the tenth of a second: `1:02.3`. */
export const fineClock = (ms: number): string => `${clock(ms)}.${Math.floor((Math.max(0, ms) % 1_000) / 100)}`
/** A short time: `340 ms`, `1.52 s`. */
export const brief = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(2)} s`)
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

export const times = (count: number): string =>
  ['never', 'once', 'twice'][count] ?? `${count.toLocaleString('en')} times`

/** Whose turn it is, as the turn machine names it and as a caller sees it. */
export const TURNS: Readonly<Record<TurnState, string>> = {
  listening: 'It waits for you',
  hearing: 'It hears you',
  settling: 'You paused',
  replying: 'It answers',
  yielding: 'You talk over it',
  ended: 'Over',
}

const JUDGED: Readonly<Record<Judged, string>> = {
  interruption: 'It was judged an interruption: it stopped.',
  'back-channel': 'It was judged a sign of listening: it went on.',
  echo: 'It was judged its own echo: it went on.',
  'no-words': 'It was judged a sound without words: it went on.',
  'too-late': 'It had said all before that was judged.',
}
/** What came of a sound over the agent’s voice, as a sentence. */
export const judgedWords = (judged: Judged): string => JUDGED[judged] ?? `It was judged: ${judged}.`

/** Where the call is, in a word or two. */
export function callWords(call: Call, isOnHold: boolean): string {
  switch (call.kind) {
    case 'none':
      return ''
    case 'opening':
      return 'Connecting'
    case 'ringing':
      return 'Ringing'
    case 'answered':
      return isOnHold ? 'On hold' : 'In a call'
    case 'ending':
      return 'Hanging up'
    case 'ended':
    case 'lost':
      return 'The call is over'
  }
}

const ENDED_BY: Readonly<Record<Ended['by'], string>> = {
  caller: 'You hung up.',
  agent: 'The agent hung up.',
  transfer: 'The call was transferred.',
}
/** Who ended it, and the carrier's own words where they say more. */
export const endedWords = ({ by, why }: Pick<Ended, 'by' | 'why'>): string =>
  why === '' || /^hung up$/i.test(why) ? ENDED_BY[by] : `${ENDED_BY[by]} (${why})`

const HINTS: Readonly<Record<Hint, string>> = {
  silent: 'Your microphone gives no sound at all. Is it muted by a key of its own, or by the system?',
  echo: 'This microphone hears the loudspeaker too. Headphones work better.',
  other: 'The microphone that you chose is gone. Another one is used.',
  unplugged: 'The microphone is gone, and no other was found. The call goes on: you hear, and can press keys.',
}
export const hintWords = (hint: Hint): string => HINTS[hint]
