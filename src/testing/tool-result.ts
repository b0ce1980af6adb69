/**
 * What a tool gave, of the words that a model is told of it: its data where they are JSON, else the words themselves.
 */
export function resultIn(tool: string, told: string): unknown {
  const head = `Result of ${tool}: `
  const text = told.startsWith(head) ? told.slice(head.length) : told
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
