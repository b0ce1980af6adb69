import { inspect } from 'node:util'
import { RoomServiceClient } from 'livekit-server-sdk'
import { expect, onTestFinished } from 'vitest'
import type { RoomListener } from '../../src/channels/browser/room.ts'
import { joinRtcRooms } from '../../src/channels/browser/rtc-room.ts'
import { agentToken, personToken } from '../../src/channels/browser/tokens.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { e2eTest, openLivekit } from '../e2e/rig.ts'

const ignore = (): undefined => undefined
const deaf: RoomListener = {
  ...{ arrived: ignore, left: ignore, microphone: ignore, sound: ignore, typed: ignore, key: ignore },
  ...{ asked: ignore, screen: ignore, screenPaused: ignore, screenGone: ignore, lost: ignore, avatar: ignore },
}

/** What LiveKit's client still calls at each of its events. */
const listening = (): number => client()?.listenerCount('ffi_event') ?? 0

interface Happened {
  readonly message: { readonly case?: string; readonly value?: unknown }
}
interface Client {
  listenerCount(event: string): number
  on(event: string, listener: (happened: Happened) => void): void
  off(event: string, listener: (happened: Happened) => void): void
  emit(event: string, happened: Happened): void
}
const client = (): Client | undefined => (globalThis as { _ffiClientInstance?: Client })._ffiClientInstance

async function joined(name: string, listener: RoomListener = deaf) {
  const access = await openLivekit()
  const token = await agentToken(access, name)
  const room = await joinRtcRooms(clock)(access, { name, token, speaks: true }, listener, new AbortController().signal)
  onTestFinished(() => room.leave('for-now'))
  return { access, room }
}

e2eTest('LiveKit keeps a room for longer than the agent waits in it for somebody to come back', async () => {
  const { access } = await joined('one')
  const service = new RoomServiceClient(access.url.replace(/^ws/, 'http'), access.apiKey, access.apiSecret)
  const [room] = await service.listRooms()
  expect(room?.departureTimeout).toBeGreaterThan(30)
  expect(room?.emptyTimeout).toBeGreaterThan(60)
})

e2eTest('rooms that are joined at once leave the environment as it was', async () => {
  const { NODE_ENV } = process.env
  const access = await openLivekit()
  const join = joinRtcRooms(clock)
  const tokens = await Promise.all(['one', 'other'].map(name => agentToken(access, name)))
  const { signal } = new AbortController()
  const rooms = await Promise.all(
    ['one', 'other'].map((name, i) => join(access, { name, token: tokens[i] ?? '', speaks: true }, deaf, signal)),
  )
  await Promise.all(rooms.map(room => room.leave('for-now')))
  expect(process.env.NODE_ENV).toBe(NODE_ENV)
})

e2eTest('what is said of a room that cannot be joined names neither the room nor the token', async () => {
  const access = await openLivekit()
  const name = 'call-_+15551234567_Ab3dE'
  const token = await agentToken({ ...access, apiSecret: 'another secret of more than thirty letters' }, name)
  const refused = joinRtcRooms(clock)(access, { name, token, speaks: true }, deaf, new AbortController().signal)
  const error = await refused.catch((reason: unknown) => reason as Error)
  const told = inspect(error, { depth: 9 })
  expect(told).toContain('the room cannot be joined')
  expect(told).not.toContain('15551234567')
  expect(told).not.toContain(token)
})

e2eTest('an event of one who has just left harms nobody', async () => {
  const keys: string[] = []
  let roomHandle: unknown
  const find = ({ message }: Happened): void => {
    if (message.case === 'roomEvent') roomHandle ??= (message.value as { roomHandle: unknown }).roomHandle
  }
  const first = await joined('one', { ...deaf, key: (identity, digit) => void keys.push(`${identity}: ${digit}`) })
  client()?.on('ffi_event', find)
  first.room.show({ any: 'change' })
  await expect.poll(() => roomHandle).toBeDefined()
  client()?.off('ffi_event', find)
  const value = { case: 'sipDtmf', value: { code: 5, digit: '5' } }
  const message = { case: 'dataPacketReceived', value: { value } }
  client()?.emit('ffi_event', { message: { case: 'roomEvent', value: { roomHandle, message } } })
  await expect.poll(() => keys).toEqual([': 5'])
  // Vitest fails where a rejection is not handled.
  const unknown = { case: 'trackUnpublished', value: { participantIdentity: 'nobody', publicationSid: 'TR_1' } }
  client()?.emit('ffi_event', { message: { case: 'roomEvent', value: { roomHandle, message: unknown } } })
  client()?.emit('ffi_event', { message: { case: 'roomEvent', value: { roomHandle, message } } })
  await expect.poll(() => keys).toHaveLength(2)
})

e2eTest('of two microphones of one person the later one is heard', async () => {
  const { access } = await joined('one')
  const rtc = await import('@livekit/rtc-node')
  const token = await personToken(access, 'one')
  const room = new rtc.Room()
  await room.connect(access.url, token, { autoSubscribe: false, dynacast: false })
  onTestFinished(() => room.disconnect())
  const heard: string[] = []
  const hear = ({ message }: Happened): void => {
    const { streamHandle } = (message.value ?? {}) as { streamHandle?: unknown }
    if (message.case === 'audioStreamEvent') heard.push(String(streamHandle))
  }
  client()?.on('ffi_event', hear)
  onTestFinished(() => client()?.off('ffi_event', hear))
  for (const name of ['first', 'second']) {
    const source = new rtc.AudioSource(16_000, 1)
    onTestFinished(() => source.close())
    await room.localParticipant?.publishTrack(
      rtc.LocalAudioTrack.createAudioTrack(name, source),
      new rtc.TrackPublishOptions({ source: rtc.TrackSource.SOURCE_MICROPHONE }),
    )
    const before = new Set(heard)
    await expect.poll(() => new Set(heard).size).toBe(before.size + 1)
  }
  heard.length = 0
  await expect.poll(() => heard.length).toBeGreaterThan(100)
  expect(new Set(heard).size).toBe(1)
})

e2eTest.each(['for-now', 'for-good'] as const)('a room that is left %s leaves no listener behind', async how => {
  const access = await openLivekit()
  const before = listening()
  for (const name of ['one', 'other', 'third']) {
    const room = await joinRtcRooms(clock)(
      access,
      { name, token: await agentToken(access, name), speaks: true },
      deaf,
      new AbortController().signal,
    )
    await room.leave(how)
  }
  expect(listening()).toBe(before)
})

e2eTest('a room whose server is gone leaves no listener behind', async () => {
  const access = await openLivekit()
  const before = listening()
  const lost = Promise.withResolvers<string>()
  const room = await joinRtcRooms(clock)(
    access,
    { name: 'one', token: await agentToken(access, 'one'), speaks: true },
    { ...deaf, lost: lost.resolve },
    new AbortController().signal,
  )
  await access.close()
  await lost.promise
  await room.leave('for-now')
  expect(listening()).toBe(before)
})
