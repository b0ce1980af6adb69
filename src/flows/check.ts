import { RESERVED } from './flow-tool.ts'
import { type CallStep, type FlowDefinition, type Step, type Template, waysOf } from './steps.ts'
import { isMisspelt, namedIn } from './template.ts'
import { circleIn, type Known, knownIn, reachedIn } from './ways.ts'

const NAME = /^[a-z][a-z0-9_]{0,39}$/
const MOST_STEPS = 60
const MOST_TEMPLATE = 600

/** All that is wrong with a flow, in lines that begin with the name of the step. */
export function problemsOf(flow: FlowDefinition): readonly string[] {
  const problems: string[] = []
  const { name, start, stuck, steps } = flow
  const add = (step: string, problem: string): void => void problems.push(`${step}: ${problem}`)
  const isStep = (step: string): boolean => Object.hasOwn(steps, step)

  if (!NAME.test(name)) add(name, 'its name may have small letters, digits and _, 40 at most')
  if (Object.keys(steps).length > MOST_STEPS) add(name, `it has more than ${MOST_STEPS} steps`)
  if (!isStep(start)) add('start', `leads to "${start}", which is no step`)
  if (stuck !== undefined && !isStep(stuck)) add('stuck', `leads to "${stuck}", which is no step`)
  for (const [step, { kind }] of Object.entries(steps)) {
    if (!NAME.test(step)) add(step, 'its name may have small letters, digits and _, 40 at most')
    if (RESERVED.has(step)) add(step, `${[...RESERVED].join(', ')} have a meaning of their own: give it another name`)
    for (const { to } of waysOf(steps[step] as Step)) if (!isStep(to)) add(step, `leads to "${to}", which is no step`)
    if (kind === 'branch') problems.push(...branchProblems(flow, step))
    for (const text of templatesOf(steps[step] as Step)) {
      if (isMisspelt(text)) add(step, "has braces or brackets that hold no step's name")
      const all = typeof text === 'string' ? [text] : Object.values(text)
      if (all.some(one => one.length > MOST_TEMPLATE)) add(step, `says more than ${MOST_TEMPLATE} letters`)
    }
  }
  const circle = circleIn(flow)
  if (circle) add(circle[0] ?? name, `can never end: it goes round in a circle, ${circle.join(' → ')}`)
  const reached = reachedIn(flow)
  if (isStep(start)) for (const step of Object.keys(steps)) if (!reached.has(step)) add(step, 'nothing leads to it')
  // The rest asks what is known at a step, for which the ways must be right.
  if (problems.length > 0) return problems

  const known = knownIn(flow)
  for (const [step, definition] of Object.entries(steps)) {
    const at = known.get(step)
    if (at === undefined) continue
    const named = templatesOf(definition).flatMap(namedIn)
    for (const problem of new Set(named.flatMap(place => placeProblem(flow, place, at)))) add(step, problem)
    if (definition.kind === 'confirm' && named.length === 0)
      add(step, 'confirms nothing: name what was collected, as in "{size}"')
    if (definition.kind === 'branch' && typeof definition.on === 'string' && !at.sometimes.has(definition.on))
      add(step, `goes by "${definition.on}", which is never collected before it`)
    if (
      definition.kind === 'branch' &&
      typeof definition.on === 'string' &&
      !at.always.has(definition.on) &&
      definition.otherwise === undefined
    )
      add(step, `goes by "${definition.on}", which is not known on every way to it: say where it leads otherwise`)
    if (definition.kind === 'call') problems.push(...callProblems(flow, step, definition, at))
  }
  if (stuck !== undefined) {
    const asking = asksAfter(flow, stuck)
    if (asking !== undefined) add('stuck', `leads to "${asking}", which asks the caller again`)
  }
  return problems
}

function templatesOf(step: Step): readonly Template[] {
  switch (step.kind) {
    case 'confirm':
      return [step.ask]
    case 'say':
      return [step.say]
    case 'end':
      return step.say === undefined ? [] : [step.say]
    case 'hand-off':
      return step.brief === undefined ? [] : [step.brief]
    case 'collect':
      return step.ask === undefined ? [] : [step.ask]
    case 'secret':
    case 'task':
    case 'branch':
    case 'call':
      return []
  }
}

function branchProblems({ steps }: FlowDefinition, name: string): readonly string[] {
  const step = steps[name]
  if (step?.kind !== 'branch') return []
  const { on, to, otherwise } = step
  if (typeof on === 'function')
    return otherwise === undefined ? [`${name}: goes by a function: say where it leads otherwise`] : []
  const from = Object.hasOwn(steps, on) ? steps[on] : undefined
  if (from === undefined) return [`${name}: goes by "${on}", which is no step`]
  const keys = from.kind === 'collect' ? from.as.keys : undefined
  if (keys === undefined)
    return otherwise === undefined
      ? [`${name}: goes by "${on}", whose values are not known: say where it leads otherwise`]
      : []
  const missing = keys.filter(key => !Object.hasOwn(to, key))
  const strange = Object.keys(to).filter(key => !keys.includes(key))
  return [
    ...(otherwise === undefined ? missing.map(key => `${name}: has no way for the answer "${key}"`) : []),
    ...strange.map(key => `${name}: has a way for "${key}", which "${on}" never gives`),
  ]
}

function placeProblem(
  { steps }: FlowDefinition,
  { step, isOptional }: { readonly step: string; readonly isOptional: boolean },
  { always, sometimes }: Known,
): readonly string[] {
  const from = Object.hasOwn(steps, step) ? steps[step] : undefined
  if (from === undefined) return [`names {${step}}, which is no step`]
  if (!sometimes.has(step)) return [`names {${step}}, which is never collected before it`]
  if (!always.has(step) && !isOptional)
    return [`names {${step}}, which is not known on every way to it: put the words around it in [square brackets]`]
  return []
}

function callProblems(
  { steps }: FlowDefinition,
  name: string,
  step: CallStep,
  { always, sometimes, passed }: Known,
): readonly string[] {
  const { tool, with: given = {} } = step
  const shape = tool.parameters.shape
  const unknown = Object.entries(given).flatMap(([argument, from]) => [
    ...(Object.hasOwn(shape, argument) ? [] : [`${name}: gives ${tool.name} "${argument}", which it does not take`]),
    ...(Object.hasOwn(steps, from) ? [] : [`${name}: takes "${argument}" from "${from}", which is no step`]),
  ])
  const missing = Object.entries(shape).flatMap(([argument, schema]) => {
    const from = given[argument] ?? argument
    const isNeeded = 'safeParse' in schema && !schema.safeParse(undefined).success
    if (!isNeeded || always.has(from)) return []
    return [
      `${name}: ${tool.name} needs "${argument}", which is ${sometimes.has(from) ? 'not known on every way to it' : 'never collected before it'}`,
    ]
  })
  const isAsked = [...passed].some(before => steps[before]?.kind === 'confirm')
  const asking =
    tool.confirm && !isAsked
      ? [`${name}: ${tool.name} wants the caller's yes first, and no step before it confirms`]
      : []
  return [...unknown, ...missing, ...asking]
}

const ASKING: ReadonlySet<Step['kind']> = new Set(['collect', 'secret', 'confirm', 'task', 'call'])

/** The first step after this one that waits for the caller. */
function asksAfter({ steps }: FlowDefinition, from: string): string | undefined {
  const waiting = [from]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const step = steps[name]
    if (step === undefined) continue
    if (ASKING.has(step.kind)) return name
    waiting.push(...waysOf(step).map(({ to }) => to))
  }
  return undefined
}
