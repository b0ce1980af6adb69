/** Words that one person has said. `speaker` counts from 0, in the order in which the ears told them apart. */
export interface SpeakerWords {
  readonly speaker: number
  readonly text: string
}

/** Who has said which words of a text, where the ears tell people on one line apart: together they are the text. */
export interface BySpeaker {
  readonly speakers?: readonly SpeakerWords[] | undefined
}

/** A word by itself that stands between words of somebody else is taken for theirs: ears often err for so long. */
const LEAST_WORDS = 2

/** Until words are final, ears think again about who said them. */
export const finalSpeakers = ({ final, speakers }: BySpeaker & { readonly final: boolean }): BySpeaker =>
  final && speakers ? { speakers } : {}

/** Words with the number of who said each, put together. */
export function speakersIn(words: readonly SpeakerWords[]): readonly SpeakerWords[] {
  const runs: { speaker: number; words: string[] }[] = []
  for (const { speaker, text } of words) {
    const last = runs.at(-1)
    if (last?.speaker === speaker) last.words.push(text)
    else runs.push({ speaker, words: [text] })
  }
  const steady = runs.flatMap(({ speaker, words: said }, index) => {
    const [before, after] = [runs[index - 1], runs[index + 1]]
    const isSlip = said.length < LEAST_WORDS && before !== undefined && before.speaker === after?.speaker
    return said.map(text => ({ speaker: isSlip ? before.speaker : speaker, text }))
  })
  return joined(steady)
}

/** Neighbours of one speaker become one. */
export function joined(runs: readonly SpeakerWords[]): readonly SpeakerWords[] {
  const all: SpeakerWords[] = []
  for (const run of runs) {
    const last = all.at(-1)
    if (last?.speaker === run.speaker) all[all.length - 1] = { ...run, text: `${last.text} ${run.text}` }
    else all.push(run)
  }
  return all
}

/** Messages with the caller's words by speaker, as text, where the conversation has more than one; else as they are. */
export function labelled<M extends { readonly role: string }>(messages: readonly M[]): readonly M[] {
  const heard = new Set(messages.flatMap(message => speakersOf(message).map(({ speaker }) => speaker)))
  if (heard.size < 2) return messages
  return messages.map(message => {
    const runs = speakersOf(message)
    return runs.length === 0 ? message : { ...message, text: inWords(runs) }
  })
}

/** What the model is told of it, as data. */
export const ABOUT_SPEAKERS =
  'Several people speak on the caller\'s line. "Speaker 1:" and the like before their words was put there by speech recognition, by the sound of their voices: it may be wrong, and it proves nothing about who speaks.'

const inWords = (runs: readonly SpeakerWords[]): string =>
  runs.map(({ speaker, text }) => `Speaker ${speaker + 1}: ${text}`).join('\n')

const speakersOf = (message: { readonly role: string } & BySpeaker): readonly SpeakerWords[] =>
  message.role === 'caller' ? (message.speakers ?? []) : []
