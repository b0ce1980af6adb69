import { expect, test } from 'vitest'
import { twilioCheck } from '../../src/doctor/twilio-number.ts'
import { type Doing, json, page, settingsWith, stood } from './answers.ts'

const HERE = 'https://voice.example.com'
const RIGHT = {
  ...{ sid: 'PN1', phone_number: '+15550100001', voice_url: `${HERE}/calls/answer`, voice_method: 'POST' },
  ...{ voice_fallback_url: `${HERE}/calls/answer`, voice_fallback_method: 'POST' },
  ...{ status_callback: `${HERE}/calls/status`, status_callback_method: 'POST' },
  ...{ voice_application_sid: '', trunk_sid: null },
}
const ACTIVE = { status: 'active', type: 'Full' }

interface Account {
  readonly account?: Doing
  readonly numbers?: readonly object[]
  readonly listed?: Doing
  /** What Twilio answers to a change. */
  readonly changed?: Doing
  readonly settings?: Record<string, string>
  readonly agrees?: boolean
}

/** What is found of an account, what was asked of whoever types, and what was posted. */
async function found({ account = json(ACTIVE), numbers = [RIGHT], listed, changed, settings, agrees }: Account) {
  const { asker, asked, findings } = stood(({ url, init }) => {
    if (init.method === 'POST') return changed ?? json({ ...RIGHT, sid: 'PN2' })
    if (!url.includes('IncomingPhoneNumbers')) return account
    return listed ?? json({ incoming_phone_numbers: numbers })
  })
  const questions: string[] = []
  const fix =
    agrees === undefined
      ? undefined
      : async (question: string) => {
          questions.push(question)
          return agrees
        }
  const lines = await findings(twilioCheck(settingsWith(settings), asker, fix))
  const posted = asked.filter(({ init }) => init.method === 'POST')
  return { lines, told: lines.map(({ kind, told }) => `${kind}: ${told}`), questions, posted, asked }
}

test('a number whose webhooks lead here is well, and the account is asked with its token', async () => {
  const { told, asked } = await found({})
  expect(told).toEqual([`ok: the token is taken, and +15550100001 leads to ${HERE}`])
  const basic = `Basic ${Buffer.from(`AC${'1'.repeat(32)}:token`).toString('base64')}`
  expect(asked.map(({ init }) => init.headers)).toEqual([{ authorization: basic }, { authorization: basic }])
})

test.each([
  [
    'voice_url',
    'https://demo.twilio.com/welcome',
    /“A call comes in” is https:\/\/demo\.twilio\.com\/welcome, and not/,
  ],
  ['voice_url', '', /“A call comes in” is not set/],
  ['voice_method', 'GET', /not by POST/],
  ['voice_fallback_method', 'GET', /“Primary handler fails” is not by POST/],
  ['status_callback', '', /“Call status changes” is not POST https:\/\/voice\.example\.com\/calls\/status/],
  ['status_callback_method', 'GET', /“Call status changes”/],
  ['trunk_sid', 'TK1', /a SIP trunk takes its calls/],
  ['voice_application_sid', 'AP1', /a TwiML app takes its calls/],
])('a number whose %s is "%s" does not lead here, and nothing is changed without --fix', async (field, value, why) => {
  const { told, posted } = await found({ numbers: [{ ...RIGHT, [field]: value }] })
  expect(told).toEqual([expect.stringMatching(why)])
  expect(told[0]).toMatch(/^wrong: .*`npm run doctor -- --fix` sets them$/)
  expect(posted).toEqual([])
})

test('--fix asks first; after a yes the webhooks are set, and after a no they are not', async () => {
  const numbers = [{ ...RIGHT, sid: 'PN2', voice_url: '' }]
  const yes = await found({ numbers, agrees: true })
  expect(yes.questions).toEqual([
    `Set the webhooks of +15550100001 to ${HERE}/calls/answer and ${HERE}/calls/status, the first also where it fails?`,
  ])
  expect(yes.told).toEqual(['ok: the webhooks of +15550100001 were set'])
  expect(yes.posted.map(({ url }) => url)).toEqual([expect.stringMatching(/\/IncomingPhoneNumbers\/PN2\.json$/)])
  expect(Object.fromEntries(new URLSearchParams(String(yes.posted[0]?.init.body)))).toEqual({
    ...{ VoiceUrl: `${HERE}/calls/answer`, VoiceMethod: 'POST' },
    ...{ VoiceFallbackUrl: `${HERE}/calls/answer`, VoiceFallbackMethod: 'POST' },
    ...{ StatusCallback: `${HERE}/calls/status`, StatusCallbackMethod: 'POST' },
  })
  const no = await found({ numbers, agrees: false })
  expect([no.told, no.posted]).toEqual([[expect.stringMatching(/^wrong: .*Nothing was changed$/)], []])
})

test.each([null, ''])('a number whose fallback is %j is well but for that, and --fix sets it', async unset => {
  const numbers = [{ ...RIGHT, voice_fallback_url: unset }]
  const [well, missing] = ['ok: the token is taken', 'note: +15550100001: “Primary handler fails” is not set']
  const after = async (account: Account) => {
    const { told, questions, posted } = await found({ numbers, ...account })
    const set = posted.map(({ init }) => new URLSearchParams(String(init.body)).get('VoiceFallbackUrl'))
    return { told, questions: questions.length, set }
  }
  const has = (...words: readonly string[]) => words.map(word => expect.stringContaining(word))
  expect(await after({})).toEqual({ told: has(well, missing), questions: 0, set: [] })
  expect(await after({ agrees: false })).toEqual({ told: has(well, missing), questions: 1, set: [] })
  expect(await after({ agrees: true })).toEqual({
    told: has(well, 'ok: the webhooks of +15550100001 were set'),
    questions: 1,
    set: [`${HERE}/calls/answer`],
  })
  const stays = json({ ...RIGHT, voice_fallback_url: unset })
  expect((await after({ agrees: true, changed: stays })).told[1]).toMatch(/^wrong: .*could not be set \(200\)/)
})

test('a fallback elsewhere is kept', async () => {
  const own = {
    ...RIGHT,
    voice_fallback_url: 'https://pages.example.com/unavailable.xml',
    voice_fallback_method: 'GET',
  }
  expect((await found({ numbers: [own] })).lines.map(({ kind }) => kind)).toEqual(['ok'])
  const { posted } = await found({ numbers: [{ ...own, voice_url: '' }], agrees: true })
  expect(String(posted[0]?.init.body)).not.toContain('Fallback')
})

test('what takes the calls of the number until now is named in the question, and detached after a yes', async () => {
  const { questions, posted } = await found({ numbers: [{ ...RIGHT, trunk_sid: 'TK1' }], agrees: true })
  expect(questions).toEqual([expect.stringMatching(/, and detach its SIP trunk\?$/)])
  expect(new URLSearchParams(String(posted[0]?.init.body)).get('TrunkSid')).toBe('')
})

test('--fix on a number that is well asks nobody; one that Twilio does not change is told', async () => {
  expect(await found({ agrees: true })).toMatchObject({ questions: [], posted: [] })
  const numbers = [{ ...RIGHT, voice_url: '' }]
  for (const changed of [json({}, 400), json({ ...RIGHT, voice_url: '' }), page()])
    expect((await found({ numbers, agrees: true, changed })).told).toEqual([
      expect.stringMatching(/^wrong: .*could not be set \(\d+\): set them in Twilio's console/),
    ])
})

test('of several numbers the named one counts, or the one that leads here', async () => {
  const other = { ...RIGHT, sid: 'PN3', phone_number: '+15550100009', voice_url: 'https://elsewhere.example.com' }
  expect((await found({ numbers: [other, RIGHT] })).told).toEqual([expect.stringContaining('+15550100001 leads to')])
  expect((await found({ numbers: [other, { ...other, sid: 'PN4' }] })).told).toEqual([
    expect.stringMatching(/^wrong: none of the account's 2 numbers leads here: name one as PHONE_NUMBER/),
  ])
  const named = await found({ numbers: [other], settings: { PHONE_NUMBER: '+15550100009' } })
  expect(named.told).toEqual([expect.stringContaining('+15550100009: “A call comes in”')])
  expect(named.asked[1]?.url).toContain('PhoneNumber=%2B15550100009')
  expect((await found({ numbers: [RIGHT], settings: { PHONE_NUMBER: '+15550100009' } })).told).toEqual([
    expect.stringMatching(/PHONE_NUMBER \(\+15550100009\) is none of/),
  ])
  expect((await found({ numbers: [] })).told).toEqual([expect.stringContaining('has no number')])
})

test.each<[string, Account, RegExp]>([
  ['refuses the token', { account: json({}, 401) }, /^wrong: the account is refused \(401\): check TWILIO_ACCOUNT_SID/],
  ['knows no such account', { account: json({}, 404) }, /^wrong: there is no such account/],
  ['has suspended it', { account: json({ status: 'suspended' }) }, /^wrong: the account is suspended/],
  ['answers with a page', { account: page() }, /^wrong: .*web page/],
  ['answers something else', { account: json(['?']) }, /^wrong: .*cannot be read/],
  ['fails', { account: json({}, 503) }, /^wrong: api\.twilio\.com fails \(503\)/],
  ['refuses the connection', { account: 'refuses' }, /^wrong: .*may this machine reach api\.twilio\.com/],
  ['hangs', { account: 'hangs' }, /^wrong: .*may this machine reach api\.twilio\.com/],
  ['fails at its numbers', { listed: json({}, 500) }, /^wrong: api\.twilio\.com fails \(500\)/],
  ['hangs at its numbers', { listed: 'hangs' }, /^wrong: .*may this machine/],
])('a Twilio that %s is told', async (_, does, told) => {
  expect((await found(does)).told).toEqual([expect.stringMatching(told)])
})

test('a trial account is a note beside what is found', async () => {
  const { lines } = await found({ account: json({ status: 'active', type: 'Trial' }) })
  expect(lines.map(({ kind }) => kind)).toEqual(['note', 'ok'])
})

test('without the SID, or with the sandbox, Twilio is not asked', async () => {
  for (const settings of [{ TWILIO_ACCOUNT_SID: '' }, { TWILIO_AUTH_TOKEN: '', PUBLIC_URL: 'http://127.0.0.1:8080' }])
    expect(await found({ settings: settings as Record<string, string> })).toMatchObject({
      lines: [{ kind: 'note' }],
      asked: [],
    })
})
