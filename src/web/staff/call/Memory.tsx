import { memoryInWords } from './memory-words.ts'

/** What was remembered of the caller in this call, and what the agent knew of them. */
export function Memory({ notes }: { readonly notes: readonly Readonly<Record<string, unknown>>[] }) {
  const sentences = memoryInWords(notes)
  if (sentences.length === 0) return null
  return (
    <section className="card" aria-labelledby="memory-title">
      <h2 id="memory-title">Memory</h2>
      <ul>
        {sentences.map(sentence => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  )
}
