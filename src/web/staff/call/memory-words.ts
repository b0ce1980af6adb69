type Note = Readonly<Record<string, unknown>>

const ABOUT: Readonly<Record<string, string>> = {
  name: 'their name',
  speed: 'how fast they like it',
  answers: 'how long they like answers',
  other: 'something that they said',
}
const aboutIn = ({ about }: Note): string => ABOUT[String(about)] ?? 'something'

/**
 * What the journal notes of what is remembered of the caller, a sentence each. The notes have no words of the caller: those
 * are in the tool calls of the calls in which they were said.
 */
export const memoryInWords = (notes: readonly Note[]): readonly string[] => [...new Set(notes.flatMap(sentenceOf))]

function sentenceOf(note: Note): readonly string[] {
  switch (note.kind) {
    case 'memory-told': {
      const facts = Array.isArray(note.facts) ? (note.facts as readonly Note[]) : []
      const told = facts.map(fact => `${aboutIn(fact)} (said on ${String(fact.saidAt).slice(0, 10)})`)
      return [`The agent knew of earlier calls: ${told.join(', ')}.`]
    }
    case 'memory-asked':
      return ['The caller was asked whether the agent may remember them.']
    case 'memory-kept':
      return [`Remembered, with their consent: ${aboutIn(note)}.`]
    case 'memory-forgotten':
      return ['All that was remembered of the caller was deleted, as they wished.']
    case 'memory-late':
      return ['What is remembered of the caller could not be looked up in time.']
    default:
      return []
  }
}
