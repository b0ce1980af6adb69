import { expect, test } from 'vitest'
import { keyChecks } from '../../src/doctor/keys.ts'
import { type Doing, json, page, settingsWith, stood } from './answers.ts'

type Name = 'Deepgram' | 'OpenAI' | 'Cartesia' | 'Gemini'

/** What is found of one vendor's key, where its server does this. */
async function found(name: Name, does: Doing, changed: Record<string, string> = {}) {
  const { asker, asked, findings } = stood(() => does)
  const check = keyChecks(settingsWith(changed), asker).find(({ what }) => what === name)
  if (!check) throw new Error(`${name} is not looked at`)
  const [finding, ...more] = await findings(check)
  expect(more).toEqual([])
  return { ...finding, asked }
}

test.each<[Name, string, Record<string, string>]>([
  ['Deepgram', 'https://api.deepgram.com/v1/auth/token', { authorization: 'Token dg-key' }],
  ['OpenAI', 'https://api.openai.com/v1/models', { authorization: 'Bearer oa-key' }],
  [
    'Cartesia',
    'https://api.cartesia.ai/voices/f786b574-daa5-4673-aa0c-cbe3e8534c02',
    { authorization: 'Bearer ca-key' },
  ],
  [
    'Gemini',
    'https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash',
    { 'x-goog-api-key': 'ge-key' },
  ],
])('%s is asked once for something that costs nothing, with its key', async (name, url, headers) => {
  const { kind, asked } = await found(name, json(name === 'OpenAI' ? { data: [{ id: 'gpt-4o-mini' }] } : {}))
  expect(kind).toBe('ok')
  expect(asked).toMatchObject([{ url, init: { headers, redirect: 'manual' } }])
})

const NAMES: readonly Name[] = ['Deepgram', 'OpenAI', 'Cartesia', 'Gemini']
test.each<[string, () => Doing, 'wrong' | 'note', RegExp]>([
  ['refuses the key', () => json({}, 401), 'wrong', /refused \(401\): put a valid \w+_API_KEY into \.env/],
  ['wants money', () => json({}, 402), 'wrong', /no money left/],
  ['does not let the key look', () => json({}, 403), 'note', /may not look at itself/],
  ['is at its limit', () => json({}, 429), 'note', /limit is reached/],
  ['fails', () => json({}, 503), 'wrong', /fails \(503\): see its status page/],
  ['answers with a page', () => page(), 'wrong', /web page \(200\): is \w+_BASE_URL right, or is a proxy in the way/],
  ['answers with a page that says no', () => page(403), 'wrong', /web page \(403\)/],
  ['sends elsewhere', () => new Response('', { status: 302 }), 'wrong', /sends elsewhere \(302\)/],
  ['refuses the connection', () => 'refuses', 'wrong', /refused: nothing listens there: is \w+_BASE_URL right/],
  ['hangs', () => 'hangs', 'wrong', /an answer.*is \w+_BASE_URL right/],
])('a server that %s is told as such, for each vendor', async (_, does, kind, told) => {
  for (const name of NAMES) {
    const finding = await found(name, does())
    expect([name, finding.kind, finding.told]).toEqual([name, kind, expect.stringMatching(told)])
    expect(finding.told).not.toMatch(/..-key/)
  }
})

test('a model or a voice that is not there is told, with the setting', async () => {
  expect(await found('OpenAI', json({ data: [{ id: 'gpt-9' }] }))).toMatchObject({
    kind: 'wrong',
    told: 'gpt-4o-mini is none of the 1 models of this key: choose another OPENAI_MODEL',
  })
  expect(await found('Cartesia', json({}, 404))).toMatchObject({
    kind: 'wrong',
    told: expect.stringContaining('npm run voices'),
  })
  expect(await found('Gemini', json({ error: { message: 'not found' } }, 404))).toMatchObject({
    kind: 'wrong',
    told: expect.stringContaining('GEMINI_MODEL'),
  })
  expect(await found('Gemini', json({ error: { message: 'API key not valid.' } }, 400))).toMatchObject({
    kind: 'wrong',
    told: expect.stringContaining('the key is refused'),
  })
})

test('a server of the same protocol that knows no such request is a note: a call will tell', async () => {
  const own = { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }
  expect(await found('OpenAI', json({ error: 'no' }, 404), own)).toMatchObject({
    kind: 'note',
    told: expect.stringContaining('127.0.0.1:11434 answers'),
  })
})

test('where the sandbox stands in nobody is asked', async () => {
  const { kind, asked } = await found('Deepgram', 'refuses', { DEEPGRAM_API_KEY: '' })
  expect([kind, asked]).toEqual(['note', []])
})

test('an answer without end is read to a bound', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536
      controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)))
    },
  })
  expect((await found('Deepgram', new Response(endless))).kind).toBe('ok')
  expect(sent).toBeLessThan(8 * 1024 * 1024)
})
