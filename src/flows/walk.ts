import { type FlowState, givenTo, type Place, valuesOf } from './state.ts'
import type { FlowDefinition, Step, Values } from './steps.ts'
import { namedIn } from './template.ts'

/** Where the state leads: all steps on the way, those that have something to say for the first time, and where it waits. */
export interface Walk {
  readonly place: Place
  readonly path: readonly string[]
  /** Values of the steps on the way: what was said on another way, before a change of mind, is none of them. */
  readonly values: Values
  readonly toSay: readonly string[]
}

/** The values that a confirmation tells the caller, as JSON: it holds for these alone. */
export function confirmedOf(step: Step | undefined, values: Values): string {
  if (step?.kind !== 'confirm') return ''
  const names = [...new Set(namedIn(step.ask).map(({ step: name }) => name))].sort()
  return JSON.stringify(names.map(name => [name, values[name]]))
}

/** The way of a branch by the values; undefined where there is none, which a check at the start finds for choices. */
function wayOf(step: Extract<Step, { kind: 'branch' }>, values: Values): string | undefined {
  const key = typeof step.on === 'function' ? step.on(values) : String(values[step.on])
  return Object.hasOwn(step.to, key) ? step.to[key] : step.otherwise
}

/**
 * Walks from the first step over everything that is known. As nothing is stored of the way itself, a value that is
 * corrected takes the flow back, or along another way, by itself.
 */
export function walk(flow: FlowDefinition, state: FlowState): Walk {
  const path: string[] = []
  const toSay: string[] = []
  const at = (place: Place): Walk => ({ place, path, toSay, values: valuesOf(state, path) })
  let name = state.isStuck && flow.stuck !== undefined ? flow.stuck : flow.start
  // A flow without circles has no longer way than all its steps.
  while (path.length <= Object.keys(flow.steps).length) {
    const step = flow.steps[name]
    if (step === undefined) break
    path.push(name)
    const values = valuesOf(state, path)
    switch (step.kind) {
      case 'collect': {
        const note = state.notes[name]
        if (note === undefined) return at({ kind: 'ask', step: name })
        if (note.isWrong) return at({ kind: 'wrong', step: name })
        if (note.lacks !== undefined) return at({ kind: 'more', step: name })
        if (!note.isRight) return at({ kind: 'right', step: name })
        name = step.next
        break
      }
      case 'secret': {
        const kind = state.ran[name]?.kind
        if (kind === 'done') name = step.next
        else if (kind !== undefined && step.otherwise !== undefined) name = step.otherwise
        else return at({ kind: 'secret', step: name })
        break
      }
      case 'task':
        if (state.notes[name] === undefined) return at({ kind: 'task', step: name })
        name = step.next
        break
      case 'confirm': {
        const now = confirmedOf(step, values)
        if (state.agreed[name] === now) name = step.next
        else if (state.refused[name] !== now) return at({ kind: 'confirm', step: name })
        else if (step.no === undefined) return at({ kind: 'change', step: name })
        else name = step.no
        break
      }
      case 'branch': {
        const next = wayOf(step, values)
        if (next === undefined) throw new Error(`the flow ${flow.name} has no way at the step ${name}`)
        name = next
        break
      }
      case 'call': {
        const ran = state.ran[name]
        const isSame =
          ran !== undefined && (ran.given === JSON.stringify(givenTo(name, flow, values)) || isDone(step, ran.kind))
        if (!isSame) return at({ kind: 'run', step: name })
        if (ran.kind === 'done') name = step.next
        else if (step.failed !== undefined) name = step.failed
        else if (ran.kind === 'failed') return at({ kind: 'change', step: name })
        else return at({ kind: 'end', step: name })
        break
      }
      case 'say':
        if (!state.said.includes(name)) toSay.push(name)
        name = step.next
        break
      case 'hand-off':
        return at({ kind: 'hand-off', step: name })
      case 'end':
        return at({ kind: 'end', step: name })
    }
  }
  throw new Error(`the flow ${flow.name} has no end after the step ${name}`)
}

/** A change that was made, or may have been, is not made again. */
const isDone = (step: Extract<Step, { kind: 'call' }>, kind: 'done' | 'failed' | 'unknown'): boolean =>
  step.tool.does === 'changes' && kind !== 'failed'

/** The steps whose values cannot be changed any more, because something was done with them. */
export function lockedIn(flow: FlowDefinition, state: FlowState, { path }: Walk): ReadonlySet<string> {
  const last = path.findLastIndex(name => {
    const step = flow.steps[name]
    const ran = state.ran[name]
    return step?.kind === 'call' && ran !== undefined && isDone(step, ran.kind)
  })
  return new Set(path.slice(0, Math.max(0, last)))
}
