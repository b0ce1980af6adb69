import { expect, test } from 'vitest'
import { z } from 'zod'
import { tool } from '../../src/agents/author/tool.ts'
import { choice, name, number, yesNo } from '../../src/flows/collect.ts'
import { FlowError, flow, mermaidOf } from '../../src/flows/flow.ts'
import type { FlowDefinition, Step } from '../../src/flows/steps.ts'
import { pizzaFlow } from './pizza-flow.ts'

const END: Step = { kind: 'end', say: 'Bye.' }
const SIZE: Step = { kind: 'collect', as: choice(['small', 'large']), next: 'end' }
const order = tool({
  name: 'order',
  description: 'Orders.',
  parameters: z.object({ size: z.string(), note: z.string().optional() }),
  does: 'changes',
  run: () => 'done',
})

/** What is said of a flow of these steps. */
function problems(steps: Readonly<Record<string, Step>>, more: Partial<FlowDefinition> = {}): readonly string[] {
  try {
    flow({ name: 'order', about: 'orders', start: 'size', steps, ...more })
    return []
  } catch (error) {
    if (error instanceof FlowError) return error.problems
    throw error
  }
}

test('a flow that can be followed has nothing said of it', () => {
  expect(problems({ size: SIZE, end: END })).toEqual([])
  expect(() => pizzaFlow([])).not.toThrow()
})

test('what is wrong is said with the name of the step, all of it at once', () => {
  expect(
    problems({
      size: { kind: 'collect', as: choice(['small', 'large']), next: 'topping' },
      alone: { kind: 'say', say: 'Nobody comes here.', next: 'end' },
      end: END,
    }),
  ).toEqual(['size: leads to "topping", which is no step', 'alone: nothing leads to it', 'end: nothing leads to it'])
  expect(problems({ end: END })).toEqual(['start: leads to "size", which is no step'])
  expect(problems({ size: SIZE, end: END }, { stuck: 'nobody' })).toEqual([
    'stuck: leads to "nobody", which is no step',
  ])
})

test.each<[string, Readonly<Record<string, Step>>, readonly string[]]>([
  [
    'a circle',
    {
      size: { ...SIZE, next: 'more' } as Step,
      more: { kind: 'collect', as: yesNo(), next: 'by' },
      by: { kind: 'branch', on: 'more', to: { true: 'size', false: 'end' } },
      end: END,
    },
    ['size: can never end: it goes round in a circle, size → more → by → size'],
  ],
  [
    'a circle of one',
    { size: { ...SIZE, next: 'size' } as Step },
    ['size: can never end: it goes round in a circle, size → size'],
  ],
  [
    'an answer without a way',
    { size: { ...SIZE, next: 'by' } as Step, by: { kind: 'branch', on: 'size', to: { small: 'end' } }, end: END },
    ['by: has no way for the answer "large"'],
  ],
  [
    'a way for no answer',
    {
      size: { ...SIZE, next: 'by' } as Step,
      by: { kind: 'branch', on: 'size', to: { small: 'end', large: 'end', huge: 'end' } },
      end: END,
    },
    ['by: has a way for "huge", which "size" never gives'],
  ],
  [
    'a yes or no without its no',
    {
      size: { kind: 'collect', as: yesNo(), next: 'by' },
      by: { kind: 'branch', on: 'size', to: { true: 'end' } },
      end: END,
    },
    ['by: has no way for the answer "false"'],
  ],
  [
    'a branch by what has many values',
    {
      size: { kind: 'collect', as: number(), next: 'by' },
      by: { kind: 'branch', on: 'size', to: { '1': 'end' } },
      end: END,
    },
    ['by: goes by "size", whose values are not known: say where it leads otherwise'],
  ],
  [
    'a branch by a function',
    { size: { ...SIZE, next: 'by' } as Step, by: { kind: 'branch', on: () => 'a', to: { a: 'end' } }, end: END },
    ['by: goes by a function: say where it leads otherwise'],
  ],
  [
    'a branch by no step',
    { size: { ...SIZE, next: 'by' } as Step, by: { kind: 'branch', on: 'crust', to: { a: 'end' } }, end: END },
    ['by: goes by "crust", which is no step'],
  ],
  [
    'a branch before its answer',
    {
      size: { kind: 'branch', on: 'later', to: { true: 'later', false: 'later' }, otherwise: 'later' },
      later: { kind: 'collect', as: yesNo(), next: 'end' },
      end: END,
    },
    ['size: goes by "later", which is never collected before it'],
  ],
  [
    'a confirmation of what is never collected',
    {
      size: { ...SIZE, next: 'sure' } as Step,
      sure: { kind: 'confirm', ask: 'For {name}, right?', next: 'name' },
      name: { kind: 'collect', as: name(), next: 'end' },
      end: END,
    },
    ['sure: names {name}, which is never collected before it'],
  ],
  [
    'a confirmation of no step',
    {
      size: { ...SIZE, next: 'sure' } as Step,
      sure: { kind: 'confirm', ask: 'A {sise}, right?', next: 'end' },
      end: END,
    },
    ['sure: names {sise}, which is no step'],
  ],
  [
    'a confirmation of nothing',
    { size: { ...SIZE, next: 'sure' } as Step, sure: { kind: 'confirm', ask: 'Shall I?', next: 'end' }, end: END },
    ['sure: confirms nothing: name what was collected, as in "{size}"'],
  ],
  [
    'a value of some ways alone',
    {
      size: { ...SIZE, next: 'by' } as Step,
      by: { kind: 'branch', on: 'size', to: { small: 'name', large: 'sure' } },
      name: { kind: 'collect', as: name(), next: 'sure' },
      sure: { kind: 'confirm', ask: '{size} for {name}?', next: 'end' },
      end: END,
    },
    ['sure: names {name}, which is not known on every way to it: put the words around it in [square brackets]'],
  ],
  [
    'an optional value without brackets',
    {
      size: { ...SIZE, optional: true, next: 'sure' } as Step,
      sure: { kind: 'confirm', ask: '{size}?', next: 'end' },
      end: END,
    },
    ['sure: names {size}, which is not known on every way to it: put the words around it in [square brackets]'],
  ],
  [
    'braces that hold no name',
    {
      size: { ...SIZE, next: 'sure' } as Step,
      sure: { kind: 'confirm', ask: '{size} {Size}?', next: 'end' },
      end: END,
    },
    ["sure: has braces or brackets that hold no step's name"],
  ],
  [
    'a function without its argument',
    { size: { kind: 'call', tool: order, next: 'end' }, end: END },
    ['size: order needs "size", which is never collected before it'],
  ],
  [
    'a function with an argument from nowhere',
    {
      size: { ...SIZE, next: 'go' } as Step,
      go: { kind: 'call', tool: order, with: { size: 'size', crust: 'size', note: 'word' }, next: 'end' },
      end: END,
    },
    ['go: gives order "crust", which it does not take', 'go: takes "note" from "word", which is no step'],
  ],
  [
    'a function that wants a yes',
    {
      size: { ...SIZE, next: 'go' } as Step,
      go: { kind: 'call', tool: { ...order, confirm: { ask: 'Order {words}?', words: () => 'it' } }, next: 'end' },
      end: END,
    },
    ["go: order wants the caller's yes first, and no step before it confirms"],
  ],
  [
    'names with a meaning of their own',
    { size: { ...SIZE, next: 'again' } as Step, again: { kind: 'collect', as: yesNo(), next: 'end' }, end: END },
    ['again: right, leave, again have a meaning of their own: give it another name'],
  ],
  [
    'names that are none',
    { size: { ...SIZE, next: 'The End' } as Step, 'The End': END },
    ['The End: its name may have small letters, digits and _, 40 at most'],
  ],
])('%s', (_, steps, meant) => {
  expect(problems(steps)).toEqual(meant)
})

test('who is stuck is not asked again', () => {
  const steps: Readonly<Record<string, Step>> = {
    size: SIZE,
    end: END,
    help: { kind: 'say', say: 'I see.', next: 'ask' },
    ask: { kind: 'collect', as: yesNo(), next: 'end' },
  }
  expect(problems(steps, { stuck: 'help' })).toEqual(['stuck: leads to "ask", which asks the caller again'])
})

test('the error has a line for each', () => {
  expect(() => flow({ name: 'order', about: 'orders', start: 'nowhere', steps: { end: END } })).toThrow(
    'the flow order cannot be followed:\n  start: leads to "nowhere", which is no step',
  )
})

test('a flow is drawn', () => {
  expect(mermaidOf(pizzaFlow([]))).toBe(`flowchart TD
  begin(( )) --> step_size
  begin -.->|"stuck"| step_person
  step_size["size: What size?"]
  step_toppings["toppings: Which toppings?"]
  step_count["count: How many?"]
  step_how["how: Delivery or pick-up?"]
  step_by_how{"by_how: by how"}
  step_where["where: To which address?"]
  step_name["name: On which name?"]
  step_receipt["receipt: An e-mail address for the receipt?"]
  step_confirm{{"confirm: {count} {size} pizza with {toppings}[, to {where}], for {name}. Shall I order i…"}}
  step_place[["place: place_order"]]
  step_done(["done: Your order is number {place.number}."])
  step_person(["person: to staff"])
  step_size --> step_toppings
  step_toppings --> step_count
  step_count --> step_how
  step_how --> step_by_how
  step_by_how -->|"delivery"| step_where
  step_by_how -->|"pick-up"| step_name
  step_where --> step_name
  step_name --> step_receipt
  step_receipt --> step_confirm
  step_confirm --> step_place
  step_place --> step_done
`)
})

/** Mermaid's grammar of a flowchart, as far as a flow uses it. */
const LINE =
  /^ {2}(?:(?:begin\(\( \)\)|begin|step_\w+) (?:-->|-\.->)(?:\|"[^"<>]*"\|)? step_\w+|step_\w+(?:\["[^"<>]*"\]|\{\{"[^"<>]*"\}\}|\{"[^"<>]*"\}|\[\["[^"<>]*"\]\]|>"[^"<>]*"\]|\(\["[^"<>]*"\]\)))$/

test('every line of a drawing is Mermaid, whatever the words are', () => {
  const strange = flow({
    name: 'strange',
    about: 'is strange',
    start: 'ask',
    steps: {
      ask: {
        kind: 'collect',
        as: choice(['a "b"', 'c|d', '<e>']),
        ask: 'Say "#1"\n<or> `end`; %% or more?',
        next: 'by',
      },
      by: { kind: 'branch', on: 'ask', to: { 'a "b"': 'end', 'c|d': 'end', '<e>': 'task' } },
      task: { kind: 'task', instructions: 'Talk about "it"]', result: z.object({}), next: 'say' },
      say: { kind: 'say', say: '"Yes" (really)', next: 'end' },
      end: { kind: 'end' },
    },
  })
  for (const drawing of [mermaidOf(strange), mermaidOf(pizzaFlow([]))]) {
    const [first, ...lines] = drawing.trimEnd().split('\n')
    expect(first).toBe('flowchart TD')
    for (const line of lines) expect(line).toMatch(LINE)
  }
})
