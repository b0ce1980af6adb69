import { expect, test } from 'vitest'
import { fetchBack, fetchBackOf } from '../../../src/channels/phone/fetch-back.ts'
import { FakeClock } from '../../fakes/clock.ts'

/** What Twilio answers in turn; it never answers where it hangs. */
function open(answers: readonly (number | Error | 'hangs')[]) {
  const clock = new FakeClock()
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = []
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const answer = answers[asked.length]
    asked.push({ url: String(url), init })
    if (answer instanceof Error) throw answer
    if (answer === 'hangs') return new Promise(() => undefined)
    return new Response('{}', { status: answer ?? 500 })
  }
  const ask = fetchBack({
    ...{
      apiUrl: 'https://api.example.com',
      accountSid: 'AC1',
      authToken: 'secret',
      publicUrl: 'https://us.example.com',
    },
    ...{ network: { fetch }, clock },
  })
  return { clock, asked, ask: (signal = new AbortController().signal) => ask('CA1', signal) }
}

test('Twilio is told where to ask what comes next', async () => {
  const { ask, asked } = open([200])
  expect(await ask()).toBe('asked')
  expect(asked[0]?.url).toBe('https://api.example.com/2010-04-01/Accounts/AC1/Calls/CA1.json')
  expect(asked[0]?.init).toMatchObject({
    ...{ method: 'POST', redirect: 'error' },
    headers: {
      authorization: `Basic ${Buffer.from('AC1:secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  expect(asked[0]?.init?.body).toBe('Url=https%3A%2F%2Fus.example.com%2Fcalls%2Fnext&Method=POST')
})

test.each([400, 404])('a call that is not in progress (%i) is over', async status => {
  expect(await open([status]).ask()).toBe('over')
})

test('what fails for a moment is tried three times', async () => {
  const { ask, asked, clock } = open([503, new Error('reset'), 200])
  const answer = ask()
  for (let second = 0; second < 3; second++) await clock.advance(1_000)
  expect(await answer).toBe('asked')
  expect(asked).toHaveLength(3)
})

test.each([401, 403])('what fails for good (%i) is an error at once, without the token', async status => {
  const { ask, asked } = open([status, 200])
  await expect(ask()).rejects.toThrow(`Twilio refuses to redirect a call (${status})`)
  expect(asked).toHaveLength(1)
})

test('after three tries it is an error: what Twilio said last, or why it could not be asked', async () => {
  const last = async (answers: Parameters<typeof open>[0]) => {
    const { ask, asked, clock } = open(answers)
    const answer = ask().catch(error => `${error.message}`)
    await clock.advance(2_000)
    expect(asked).toHaveLength(3)
    return answer
  }
  expect(await last([500, new Error('reset'), 429, 200])).toBe('Twilio refuses to redirect a call (429)')
  expect(await last([500, 300, new Error('reset'), 200])).toBe('reset')
})

test('an answer is waited for five seconds, and the next try comes a second later', async () => {
  const { ask, asked, clock } = open(['hangs', 200])
  const answer = ask()
  await clock.advance(5_999)
  expect(asked).toHaveLength(1)
  expect(asked[0]?.init?.signal?.aborted).toBe(true)
  await clock.advance(1)
  expect(await answer).toBe('asked')
})

test('an abort ends it at once, while it waits for an answer or for the next try', async () => {
  for (const first of ['hangs', 503] as const) {
    const { ask, asked, clock } = open([first, 200])
    const stop = new AbortController()
    const answer = ask(stop.signal).catch(error => `${error.message}`)
    await clock.advance(100)
    stop.abort(new Error('the server closes'))
    expect(await answer).toBe('the server closes')
    await clock.advance(10_000)
    expect([asked.length, clock.pending]).toEqual([1, 0])
  }
})

test('the settings say whether calls can be fetched back, and where', async () => {
  const clock = new FakeClock()
  const urls: string[] = []
  const network = {
    fetch: async (url: unknown) => {
      urls.push(String(url))
      return new Response(null, { status: 200 })
    },
  }
  const settings = {
    ...{ TWILIO_API_URL: 'https://api.example.com', TWILIO_AUTH_TOKEN: 'secret' },
    PUBLIC_URL: 'https://us.example.com',
  }
  expect(fetchBackOf(settings, network, clock)).toBeUndefined()
  const ask = fetchBackOf({ ...settings, TWILIO_ACCOUNT_SID: 'AC9' }, network, clock)
  expect(await ask?.('CA1', new AbortController().signal)).toBe('asked')
  expect(urls).toEqual(['https://api.example.com/2010-04-01/Accounts/AC9/Calls/CA1.json'])
})
