import type { Course } from './course.ts'

/** One speech is on the line at a time, and none resumes after the next one has started. */
export function oneVoiceAtATime({ ledger, carrier }: Course): readonly string[] {
  const wrong = [...new Set([...ledger.broken, ...carrier.garbled.slice(0, 3)])]
  const over = new Set<number>()
  let speech: number | undefined
  for (const frame of carrier.frames) {
    if (frame.speech === speech) continue
    if (over.has(frame.speech)) wrong.push(`speech ${frame.speech} goes on after another one was sent`)
    if (speech !== undefined) over.add(speech)
    speech = frame.speech
  }
  return wrong
}
