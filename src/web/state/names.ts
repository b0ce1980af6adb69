/** The agent's name in a sentence: "the task manager" of `task-manager`. */
export function agentNamed(agent: string | undefined): { readonly inSentence: string; readonly alone: string } {
  const words = (agent ?? '').replaceAll('-', ' ').trim() || 'agent'
  return { inSentence: `the ${words}`, alone: `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}` }
}

/** A phone number in groups, which eyes can read: +1 555 123 4567. Others than North America's stay whole. */
export function spacedNumber(number: string): string {
  const groups = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number)
  return groups ? `+1 ${groups.slice(1).join(' ')}` : number
}
