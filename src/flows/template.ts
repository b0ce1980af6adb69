import { type About, wordsIn } from './collector.ts'
import type { FlowDefinition, Template, Values } from './steps.ts'

const PLACE = /\{([a-z][a-z0-9_]*)((?:\.[A-Za-z0-9_]+)*)\}/g
const OPTIONAL = /\[([^[\]]*)\]/g
const MOST_LETTERS = 300

/** A place in braces: the step, and whether the words around it are left out without it. */
export interface Named {
  readonly step: string
  readonly isOptional: boolean
}

const textsOf = (template: Template): readonly string[] =>
  typeof template === 'string' ? [template] : Object.values(template)

/** All steps that a template names, in all its languages. */
export function namedIn(template: Template): readonly Named[] {
  return textsOf(template).flatMap(text => {
    const optional = [...text.matchAll(OPTIONAL)].map(([, inner = '']) => inner).join(' ')
    const always = text.replace(OPTIONAL, ' ')
    const places = (some: string, isOptional: boolean) =>
      [...some.matchAll(PLACE)].map(([, step = '']) => ({ step, isOptional }))
    return [...places(always, false), ...places(optional, true)]
  })
}

/** Whether braces or brackets stand in it that are no place: `{Size}`, `[a`. */
export const isMisspelt = (template: Template): boolean =>
  textsOf(template).some(text => /[{}[\]]/.test(text.replace(OPTIONAL, (_, inner: string) => inner).replace(PLACE, '')))

/** The template with the values as they are spoken. */
export function filledIn(template: Template, { steps }: FlowDefinition, values: Values, about: About): string {
  const spoken = (name: string, path: string): string | undefined => {
    const step = Object.hasOwn(steps, name) ? steps[name] : undefined
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (step === undefined || value === undefined || value === null) return undefined
    if (step.kind === 'collect' && path === '') return step.as.spoken(value, about)
    let inner: unknown = value
    for (const key of path.split('.').slice(1))
      inner =
        typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
          ? (inner as Record<string, unknown>)[key]
          : undefined
    return typeof inner === 'string' || typeof inner === 'number' ? String(inner).slice(0, MOST_LETTERS) : undefined
  }
  const filled = (text: string): { readonly text: string; readonly lacks: boolean } => {
    let lacks = false
    const all = text.replace(PLACE, (_, name: string, path: string) => {
      const word = spoken(name, path)
      lacks ||= word === undefined
      return word ?? ''
    })
    return { text: all, lacks }
  }
  const text = wordsIn(template, about).replace(OPTIONAL, (_, inner: string) => {
    const part = filled(inner)
    return part.lacks ? '' : part.text
  })
  return filled(text)
    .text.replace(/\s+/g, ' ')
    .replace(/ (?=[,.?!])/g, '')
    .trim()
}
