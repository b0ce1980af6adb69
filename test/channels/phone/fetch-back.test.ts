import { expect, test } from 'vitest'
import { fetchBack } from '../../../src/channels/phone/fetch-back.ts'
import { FakeClock } from '../../fakes/clock.ts'

function open(answers: readonly (number | Error)[]) {
  const clock = new FakeClock()
  const asked: { readonly url: string; readonly init: RequestInit | undefined }[] = []
  const fetch = async (url: unknown, init?: RequestInit): Promise<Response> => {
    const answer = answers[asked.length]
    asked.push({ url: String(url), init })
    if (answer instanceof Error) throw answer
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
  return { clock, asked, ask: () => ask('CA1', new AbortController().signal) }
}

test('Twilio is told where to ask what comes next', async () => {
  const { ask, asked } = open([200])
  expect(await ask()).toBe('asked')
  expect(asked[0]?.url).toBe('https://api.example.com/2010-04-01/Accounts/AC1/Calls/CA1.json')
  expect(asked[0]?.init).toMatchObject({ method: 'POST', redirect: 'error' })
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

test('what fails for good is an error, without the token', async () => {
  await expect(open([401]).ask()).rejects.toThrow('Twilio refuses to redirect a call (401)')
})
