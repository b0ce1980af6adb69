import { english } from '../languages/english.ts'
import { wordsIn } from './collector.ts'
import { type FlowDefinition, type Step, type Template, waysOf } from './steps.ts'

const MOST_LETTERS = 80

/** Mermaid reads quotes, brackets and the like in a text as its own signs, unless they are written as entities. */
const asText = (text: string): string =>
  (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text)
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replace(/\s+/g, ' ')

const words = (text: Template): string => wordsIn(text, { language: english })

function boxOf(step: Step, name: string): string {
  switch (step.kind) {
    case 'collect':
      return `["${name}: ${asText(words(step.ask ?? step.as.ask))}"]`
    case 'secret':
      return `[/"${name}: ${asText(step.as.what)}, for a function alone"/]`
    case 'task':
      return `["${name}: ${asText(step.instructions)}"]`
    case 'confirm':
      return `{{"${name}: ${asText(words(step.ask))}"}}`
    case 'branch':
      return `{"${name}${typeof step.on === 'string' ? `: by ${step.on}` : ''}"}`
    case 'call':
      return `[["${name}: ${asText(step.tool.name)}"]]`
    case 'say':
      return `>"${name}: ${asText(words(step.say))}"]`
    case 'hand-off':
      return `(["${name}: to ${asText(step.to)}"])`
    case 'end':
      return `(["${name}${step.say === undefined ? '' : `: ${asText(words(step.say))}`}"])`
  }
}

/** "end" and others are Mermaid's own words: no step is called by its bare name. */
const id = (name: string): string => `step_${name}`

/** A flow as a Mermaid flowchart. */
export function drawn({ start, stuck, steps }: FlowDefinition): string {
  const boxes = Object.entries(steps).map(([name, step]) => `  ${id(name)}${boxOf(step, name)}`)
  const ways = Object.entries(steps).flatMap(([name, step]) =>
    waysOf(step).map(({ to, why }) => `  ${id(name)} -->${why === undefined ? '' : `|"${asText(why)}"|`} ${id(to)}`),
  )
  const from = [`  begin(( )) --> ${id(start)}`, ...(stuck === undefined ? [] : [`  begin -.->|"stuck"| ${id(stuck)}`])]
  return ['flowchart TD', ...from, ...boxes, ...ways, ''].join('\n')
}
