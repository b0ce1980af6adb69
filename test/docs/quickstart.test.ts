import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { agentText } from '../../src/command/init/agent-text.ts'
import { edited, stepsOf } from '../quickstart/steps.ts'

const DOCUMENT = readFileSync(join(import.meta.dirname, '../../docs/quickstart.md'), 'utf8')

test('each block of the quickstart is run, seen, or an edit of the agent that init writes', () => {
  const steps = stepsOf(DOCUMENT)
  expect(steps.filter(({ kind }) => kind === 'run').length).toBeGreaterThan(5)
  expect(steps.filter(step => step.kind === 'run' && step.goesOn)).toHaveLength(1)
  const edits = steps.flatMap(step => (step.kind === 'edit' ? step : []))
  expect(edits.map(({ file }) => file)).toEqual(['agents/pizza.ts', 'agents/pizza.ts'])
  const changed = edits.reduce((file, { text }) => edited(file, text), agentText('pizza', 'en'))
  expect(changed).toContain('  diavola: 10,\n  hawaii: 11,\n}')
})

test('a block that says nothing of what is done with it is a mistake', () => {
  expect(() => stepsOf('One\n\n```js\nlet a\n```\n')).toThrow(/line 3: a block of "js"/)
  expect(() => edited('a\nb\n', 'c\nd')).toThrow(/"c" is 0 times in the file/)
})
