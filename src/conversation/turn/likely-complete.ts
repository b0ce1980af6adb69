import type { Language } from '../language.ts'
import type { Transcript, TurnEnd } from '../ports.ts'
import { likelihoodOf } from './patience.ts'
import { type BySpeaker, finalSpeakers } from './speakers.ts'
import type { Turn } from './turn.ts'
import { emptyUtterance, withWords, wordedText, wordsOf } from './utterance.ts'

export interface JudgeParts {
  readonly turnEnd?: TurnEnd | undefined
  readonly language: Language
  readonly nowMs: number
}

/**
 * How likely the caller's turn is complete with these words, in thousandths. Empty if neither the judge nor the provider
 * tells: then the last words decide alone. With them, who has said the words, where it is known.
 */
export function likelyComplete(
  words: Transcript,
  turn: Turn,
  { turnEnd, language, nowMs }: JudgeParts,
): { readonly complete?: number } & BySpeaker {
  if (wordedText(words.text) === '') return {}
  const utterance = 'utterance' in turn ? turn.utterance : emptyUtterance(nowMs)
  const knows = turnEnd?.language === undefined || turnEnd.language === language.code
  const said = wordsOf(withWords(utterance, words))
  const ours = knows ? turnEnd?.judge(said, turn.context.asked || undefined) : undefined
  const likely = likelihoodOf(ours, words)
  return { ...finalSpeakers(words), ...(likely !== undefined && { complete: Math.round(likely * 1_000) / 1_000 }) }
}
