import { type FlowDefinition, NOT_GIVEN, type Step, waysOf } from './steps.ts'

/** What is known at a step, whichever way was taken to it, and what is known on some ways. */
export interface Known {
  readonly always: ReadonlySet<string>
  readonly sometimes: ReadonlySet<string>
  /** Steps through which every way goes. */
  readonly passed: ReadonlySet<string>
}

const stepOf = ({ steps }: FlowDefinition, name: string): Step | undefined =>
  Object.hasOwn(steps, name) ? steps[name] : undefined

/** The first circle that is found, as its steps in a row; undefined where there is none. */
export function circleIn(flow: FlowDefinition): readonly string[] | undefined {
  const done = new Set<string>()
  function from(name: string, path: readonly string[]): readonly string[] | undefined {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    const step = stepOf(flow, name)
    if (step === undefined || done.has(name)) return undefined
    for (const { to } of waysOf(step)) {
      const circle = from(to, [...path, name])
      if (circle) return circle
    }
    done.add(name)
    return undefined
  }
  for (const name of Object.keys(flow.steps)) {
    const circle = from(name, [])
    if (circle) return circle
  }
  return undefined
}

/** The steps that can be come to, from the start or by being stuck. */
export function reachedIn(flow: FlowDefinition): ReadonlySet<string> {
  const reached = new Set<string>()
  const waiting = [flow.start, ...(flow.stuck === undefined ? [] : [flow.stuck])]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const step = stepOf(flow, name)
    if (step === undefined || reached.has(name)) continue
    reached.add(name)
    waiting.push(...waysOf(step).map(({ to }) => to))
  }
  return reached
}

/** What is known before each step. For flows without circles. */
export function knownIn(flow: FlowDefinition): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>()
  const NOTHING: Known = { always: new Set(), sometimes: new Set(), passed: new Set() }
  const order: string[] = []
  const seen = new Set<string>()
  function visit(name: string): void {
    const step = stepOf(flow, name)
    if (step === undefined || seen.has(name)) return
    seen.add(name)
    for (const { to } of waysOf(step)) visit(to)
    order.unshift(name)
  }
  visit(flow.start)
  known.set(flow.start, NOTHING)
  for (const name of order) {
    const step = stepOf(flow, name)
    const before = known.get(name) ?? NOTHING
    for (const { to, why } of step ? waysOf(step) : []) {
      const gives =
        step?.kind === 'collect' ||
        step?.kind === 'task' ||
        (step?.kind === 'call' && why === undefined) ||
        (step?.kind === 'secret' && why !== NOT_GIVEN)
      const isSure = gives && !(step?.kind === 'collect' && step.optional === true)
      const after: Known = {
        always: isSure ? new Set([...before.always, name]) : before.always,
        sometimes: gives ? new Set([...before.sometimes, name]) : before.sometimes,
        passed: new Set([...before.passed, name]),
      }
      const other = known.get(to)
      known.set(to, other === undefined ? after : joined(other, after))
    }
  }
  return known
}

const joined = (one: Known, other: Known): Known => ({
  always: new Set([...one.always].filter(name => other.always.has(name))),
  sometimes: new Set([...one.sometimes, ...other.sometimes]),
  passed: new Set([...one.passed].filter(name => other.passed.has(name))),
})
