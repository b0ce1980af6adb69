import { expect } from 'vitest'
import type { RoomListener } from '../../src/channels/browser/room.ts'
import { joinRtcRooms } from '../../src/channels/browser/rtc-room.ts'
import { agentToken } from '../../src/channels/browser/tokens.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { e2eTest, openLivekit } from '../e2e/rig.ts'

const ignore = (): undefined => undefined
const deaf: RoomListener = {
  ...{ arrived: ignore, left: ignore, reachable: ignore, sound: ignore, typed: ignore, key: ignore },
  ...{ asked: ignore, screen: ignore, screenPaused: ignore, screenGone: ignore, lost: ignore },
}

/** What LiveKit's client still calls at each of its events. */
const listening = (): number =>
  (globalThis as { _ffiClientInstance?: { listenerCount(event: string): number } })._ffiClientInstance?.listenerCount(
    'ffi_event',
  ) ?? 0

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
