import { expect, test } from 'vitest'
import { readSettings } from '../../src/config.ts'
import { PRODUCTION, problemsOf } from './settings-problems.ts'

test('a key is read without the line break of the file that it came from', () => {
  const { providers, GEMINI_API_KEY } = readSettings({
    ...PRODUCTION,
    DEEPGRAM_API_KEY: 'deepgram-secret\n',
    OPENAI_API_KEY: ' openai-secret\r\n',
    GEMINI_API_KEY: 'gemini-secret\n',
  })
  expect([providers.STT[0]?.values.apiKey, providers.LLM[0]?.values.apiKey, GEMINI_API_KEY]).toEqual([
    ...['deepgram-secret', 'openai-secret', 'gemini-secret'],
  ])
})

test.each(['DEEPGRAM_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY'])(
  '%s that no header can have is refused at the start, and not quoted',
  name => {
    for (const [value, told] of [
      ['sk-SECRET\nX', 'control character'],
      ['sk-SECRET\0', 'control character'],
      ['sk-SECRET\u200bX', 'no key has'],
      [' \n', 'white space'],
    ]) {
      const problems = problemsOf({ ...PRODUCTION, [name]: value })
      expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: .*${told}`))])
      expect(problems.join()).not.toContain('SECRET')
    }
  },
)

test('a service account’s JSON has line breaks, and the name of its file may be in any script', () => {
  const google = { ...PRODUCTION, STT: 'google', GOOGLE_PROJECT_ID: 'mine' }
  for (const given of ['{\n  "type": "service_account"\n}\n', '/home/jürgen/key.json'])
    expect(problemsOf({ ...google, GOOGLE_APPLICATION_CREDENTIALS: given })).toEqual([])
})
