import { expect, test } from 'vitest'
import type { Message, Prompt } from '../../../src/conversation/ports.ts'
import { estimatedTokens } from '../../../src/conversation/reply/estimated-tokens.ts'

const call = { id: 'an id that is not sent', name: 'look', arguments: '{"a":1}' }
const prompt = (history: readonly Message[], more: Partial<Prompt> = {}): Prompt => ({
  ...{ instructions: 'x'.repeat(40), history, tools: [] },
  ...more,
})
const input = (of: Prompt): number => estimatedTokens(of, 0).input
const NOTHING = Math.ceil((40 + '[]'.length) / 4)

test('a token is about four letters of whatever is sent', () => {
  expect(input(prompt([]))).toBe(NOTHING)
  expect(input(prompt([{ role: 'caller', text: 'y'.repeat(80) }]))).toBe(NOTHING + 20)
  expect(input(prompt([{ role: 'agent', text: 'y'.repeat(80), interrupted: false }]))).toBe(NOTHING + 20)
  expect(input(prompt([], { context: 'y'.repeat(80) }))).toBe(NOTHING + 20)
  const tools = [{ name: 'look', description: 'z', changes: false, parameters: {} }]
  expect(input(prompt([], { tools }))).toBe(Math.ceil((40 + JSON.stringify(tools).length) / 4))
})

test('of a tool its name, its arguments and its result are sent, if there is one', () => {
  const sent = call.name.length + call.arguments.length
  expect(input(prompt([{ role: 'tool', call, result: undefined }]))).toBe(Math.ceil((42 + sent) / 4))
  expect(input(prompt([{ role: 'tool', call, result: 'r'.repeat(100) }]))).toBe(Math.ceil((142 + sent) / 4))
})

test('what was written counts by itself, each begun token as one', () => {
  expect([0, 1, 4, 5].map(written => estimatedTokens(prompt([]), written).output)).toEqual([0, 1, 1, 2])
})
