import type { Language } from './language.ts'
import type { Clock, Transcript } from './ports.ts'
import { UNSURE } from './turn/barge-in.ts'
import { judgeOverlap } from './turn/overlap.ts'
import type { Turn, Wait } from './turn/turn.ts'
import { wordedText, wordsOf } from './turn/utterance.ts'

/** What a line knows of its own sound coming back. */
export interface OwnSound {
  /** How like (0 to 1) the caller's sound since `sinceMs`, by the Clock, is to what was played then: 1 is an echo. */
  echo(sinceMs: number): number
  /** How much (0 to 1) of the caller's sound since `sinceMs` is an echo; undefined if nothing was played or heard then. */
  ownShare(sinceMs: number): number | undefined
}

/** The newest words of an interim transcript were said in this time, and all of a final one in that. */
const INTERIM_MS = 1_000
const FINAL_MS = 2_000

/** Thousandths are exact enough, and keep the journal short. */
const thousandths = (part: number): number => Math.round(part * 1_000) / 1_000

/** For the judging wait: how like the sound over the agent is to its own. Empty if the words decide already. */
export function ownSound(
  { id }: Wait,
  turn: Turn,
  language: Language,
  { channel, clock, startMs }: { readonly channel: OwnSound; readonly clock: Clock; readonly startMs: number },
): { readonly own?: number } {
  if (turn.kind !== 'yielding' || turn.judging.id !== id) return {}
  // The sound since before the words, not since the sound over the agent began: that may be an echo, and the words the caller's.
  if (turn.judging.why === UNSURE) return ownShareSince(INTERIM_MS, { channel, clock })
  // The agent has spoken on since the words came, so they are judged again.
  if (judgeOverlap(wordsOf(turn.utterance), turn.reply.heard, language) === 'back-channel') return {}
  return { own: thousandths(channel.echo(turn.soundMs + startMs)) }
}

/** For words: how much of the sound in which they came was the agent's own. Empty where the agent was silent. */
export function ownShare(
  { text, final }: Transcript,
  { channel, clock }: { readonly channel: OwnSound; readonly clock: Clock },
): { readonly own?: number } {
  if (wordedText(text) === '') return {}
  return ownShareSince(final ? FINAL_MS : INTERIM_MS, { channel, clock })
}

function ownShareSince(
  ms: number,
  { channel, clock }: { readonly channel: OwnSound; readonly clock: Clock },
): { readonly own?: number } {
  const share = channel.ownShare(clock.now() - ms)
  return share === undefined ? {} : { own: thousandths(share) }
}
