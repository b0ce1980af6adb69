import type { ToolSet } from '../conversation/ports.ts'

/** All sets as one; if two have a tool of the same name, the first of them gets it. */
export function toolsOf(sets: readonly ToolSet[]): ToolSet {
  const names = ({ specs }: ToolSet): readonly string[] => specs.map(({ name }) => name)
  return {
    get specs() {
      return sets.flatMap((set, index) => {
        const taken = sets.slice(0, index).flatMap(names)
        return set.specs.filter(({ name }) => !taken.includes(name))
      })
    },
    async run(call, context, signal) {
      const found = sets.find(set => names(set).includes(call.name))
      if (found) return found.run(call, context, signal)
      const known = [...new Set(sets.flatMap(names))].join(', ') || 'none'
      return { kind: 'done', text: `There is no tool of that name. The tools are: ${known}.` }
    },
    remember(callId, made) {
      for (const set of sets) set.remember?.(callId, made)
    },
  }
}
