import { TokenVerifier, WebhookReceiver } from 'livekit-server-sdk'
import { expect, test } from 'vitest'
import { checkAvatars } from '../../../src/agents/author/check-avatars.ts'
import { avatarStarter } from '../../../src/channels/browser/avatar/start-avatar.ts'
import { FakeClock } from '../../fakes/clock.ts'
import { ACCESS } from '../browser-server.ts'

const URL_OF_WORKERS = 'https://avatars.example.com/start?key=1'
const never = new AbortController().signal

function starter(answer: (request: Request, signal: AbortSignal | null | undefined) => Promise<Response>) {
  const clock = new FakeClock()
  const fetch: typeof globalThis.fetch = async (input, init) =>
    answer(new Request(input as string, { ...init, signal: null }), init?.signal)
  return { clock, start: avatarStarter({ access: ACCESS, url: URL_OF_WORKERS, fetch, clock }) }
}

test('AVATAR_URL is told of the room, with a token for it alone, signed as LiveKit signs its webhooks', async () => {
  const asked: Request[] = []
  const { start } = starter(async request => {
    asked.push(request)
    return new Response('', { status: 202 })
  })
  expect(await start('anna')('room 1', never)).toEqual({})
  const [request] = asked
  const body = (await request?.text()) ?? ''
  const { livekit_token: token, ...said } = JSON.parse(body)
  expect(request?.url).toBe(URL_OF_WORKERS)
  expect(said).toEqual({
    ...{
      avatar: 'anna',
      room_name: 'room 1',
      livekit_url: ACCESS.url,
      avatar_identity: 'avatar',
      agent_identity: 'agent',
    },
    ...{ sample_rate: 24_000, num_channels: 1 },
  })
  const claims = await new TokenVerifier(ACCESS.apiKey, ACCESS.apiSecret).verify(token)
  expect(claims).toMatchObject({
    ...{ sub: 'avatar', kind: 'agent', attributes: { 'lk.publish_on_behalf': 'agent' } },
    video: { room: 'room 1', roomJoin: true, canPublish: true },
  })
  expect(claims.video?.roomAdmin).toBeUndefined()
  const receiver = new WebhookReceiver(ACCESS.apiKey, ACCESS.apiSecret)
  const signature = request?.headers.get('authorization') ?? ''
  await receiver.receive(body, signature)
  await expect(receiver.receive(body.replace('anna', 'otto'), signature)).rejects.toThrow(/checksum/)
})

test('an answer that is no success, and none within 5 s, is told as the reason', async () => {
  const refusing = starter(async () => new Response('no GPU', { status: 503 }))
  await expect(refusing.start('anna')('room', never)).rejects.toThrow('AVATAR_URL answered 503')
  const silent = starter(
    (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  )
  const failed = silent
    .start('anna')('room', never)
    .catch(error => error)
  // Signing takes no time of this clock.
  for (let i = 0; i < 50; i++) await silent.clock.advance(200)
  expect(await failed).toMatchObject({ message: expect.stringContaining('AVATAR_URL') })
})

test('an agent whose avatar nobody sends is a mistake that is told at the start', () => {
  const agent = { name: 'paula', instructions: 'x', greeting: 'Hello' }
  expect(() => checkAvatars([{ ...agent, avatar: 'anna' }], undefined)).toThrow(/anna of paula .* AVATAR_URL/)
  checkAvatars([{ ...agent, avatar: 'anna' }], URL_OF_WORKERS)
  checkAvatars([agent, { ...agent, avatar: 'face' }], undefined)
})
