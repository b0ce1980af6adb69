import type { Flite } from '../../src/flite/flite.ts'
import type { SpeechUtterance } from '../../src/sandbox/caller/caller.ts'
import { scriptOfTexts } from '../../src/sandbox/caller/spoken-script.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { Wish } from './person.ts'

/** What a person may want of the Task Manager. Its answers are in the words of the tools; any part of them may be the rest after a break. */
const WISHES = {
  vendor: { say: 'Add call the vendor on Monday.', done: /vendor|\bdue\b|monday/i },
  proposal: { say: 'Please add finish the proposal tomorrow at five.', done: /proposal|\bdue\b|tomorrow|\bfive\b/i },
  invoice: { say: 'Send invoice to Miller.', done: /Miller|is sent/i },
  delete: { say: 'Delete the vendor call.', done: /\bdelete\b.*\?|no task|nothing|not on your list/i },
  yes: { say: 'Yes.', done: /deleted|no task|not on your list/i, after: /\bdelete\b.*\?/i },
  list: { say: 'What is on my list?', done: /pending|nothing|no tasks?|\bis\b.*\bdue\b|one task/i },
  goodbye: { say: 'Thank you, that is all. Goodbye.', done: /goodbye/i },
} as const satisfies Readonly<Record<string, { say: string; done: RegExp; after?: RegExp }>>

export type WishName = keyof typeof WISHES
export const saidOf = (name: WishName): string => WISHES[name].say

/** Has each of them spoken. */
export async function spokenWishes(flite: Flite, signal: AbortSignal): Promise<(name: WishName) => Wish> {
  const names = Object.keys(WISHES) as WishName[]
  const { utterances } = await scriptOfTexts(names.map(saidOf), 'awb', flite, seeded(1), signal)
  return name => {
    const { say: _, ...wish } = WISHES[name]
    return { ...wish, utterance: utterances[names.indexOf(name)] as SpeechUtterance }
  }
}
