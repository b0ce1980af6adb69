import { expect, test } from 'vitest'
import { begin } from '../../../src/conversation/turn/enter.ts'
import {
  languageAskedFor,
  languageChosen,
  languageIn,
  onLineOf,
  speaking,
} from '../../../src/conversation/turn/languages.ts'
import type { TurnContext } from '../../../src/conversation/turn/turn.ts'
import { english } from '../../../src/languages/english.ts'
import { POLICY } from '../../fakes/call.ts'

const turn = begin(POLICY, 0)
const { context } = turn
const german = { ...english, code: 'de' }
const both = { ...english, other: (code: string) => (code === 'de' ? german : undefined) }
const speaks = (now: string, all: readonly string[] = ['en', 'de']): TurnContext => ({
  ...context,
  languages: { now, all },
})

test('a turn is in the language that is spoken now, and in the first where the line has one alone', () => {
  expect(languageIn(context, both)).toBe(both)
  expect(languageIn(speaks('en'), both)).toBe(both)
  expect(languageIn(speaks('de'), both)).toBe(german)
  expect(() => languageIn(speaks('fr'), both)).toThrow('"fr", which is not known here')
  expect(() => languageIn(speaks('de'), english)).toThrow('"de", which is not known here')
})

test('a line speaks the languages of its agents, the first to begin with, or the one that was spoken before', () => {
  const agents = [
    { name: 'anna', language: english },
    { name: 'anna', language: german },
  ]
  expect(onLineOf(turn, agents).context.languages).toEqual({ now: 'en', all: ['en', 'de'] })
  expect(onLineOf({ ...turn, context: speaks('de') }, agents).context.languages?.now).toBe('de')
  expect(onLineOf({ ...turn, context: speaks('fr') }, agents).context.languages?.now).toBe('en')
  for (const few of [[], [{ name: 'anna', language: english }]])
    expect(onLineOf({ ...turn, context: speaks('en') }, few).context).not.toHaveProperty('languages')
})

test('another language is another session of the ears; the same one, and a line of one, change nothing', () => {
  const failing = { ...speaks('en'), sttSession: { id: 1, failures: 2 } }
  const after = speaking(failing, 'de')
  expect(after).toMatchObject({
    languages: { now: 'de', all: ['en', 'de'] },
    sttSession: { id: after.ids, failures: 0 },
  })
  expect(after.ids).toBe(failing.ids + 1)
  expect(speaking(failing, 'en')).toBe(failing)
  expect(speaking(context, 'de')).toBe(context)
})

test('the model chooses for its own reply, a language that the line speaks', () => {
  if (turn.kind !== 'replying') throw new Error('it does not greet')
  const chosen = (code: string, reply = turn.reply.id) =>
    languageChosen({ ...turn, context: speaks('en') }, { kind: 'language', reply, code, atMs: 0 }).context.languages
      ?.now
  expect([chosen('de'), chosen('fr'), chosen('de', turn.reply.id + 1)]).toEqual(['de', 'en', 'en'])
})

test('a caller asks for a language by a whole text, and not for the one that is spoken', () => {
  const asks = {
    ...english,
    requests: { ...english.requests, languages: { en: /^english please$/, de: /^german please$/ } },
  }
  expect(languageAskedFor('German, please!', speaks('en'), asks)).toBe('de')
  expect(languageAskedFor('English, please!', speaks('en'), asks)).toBeUndefined()
  expect(languageAskedFor('I learn German, please', speaks('en'), asks)).toBeUndefined()
  expect(languageAskedFor('German, please!', context, asks)).toBeUndefined()
  expect(languageAskedFor('German, please!', speaks('en', ['en', 'es']), asks)).toBeUndefined()
})
