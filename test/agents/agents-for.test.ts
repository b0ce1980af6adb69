import { expect, test } from 'vitest'
import { type Agent, agentsFor } from '../../src/conversation/agent.ts'
import { english } from '../../src/languages/english.ts'
import { german } from '../../src/languages/german.ts'

const agent = (name: string, language: Agent['language']) => ({ name, language, phrases: {}, phrasesFor: {} }) as Agent
const AGENTS = [agent('desk', english), agent('desk', german), agent('billing', german)] as const
const order = (language?: string) =>
  agentsFor([...AGENTS], 'rung', () => [], language).map(({ name, language: { code } }) => `${name} ${code}`)

test('a call begins in the language that is wanted, with the agent that was chosen', () => {
  expect(order()).toEqual(['desk en', 'desk de', 'billing de'])
  expect(order('de')).toEqual(['desk de', 'desk en', 'billing de'])
})

test('a language that the agent does not speak changes nothing', () => {
  expect(order('es')).toEqual(['desk en', 'desk de', 'billing de'])
})
