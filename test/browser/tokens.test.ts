import { expect, test } from 'vitest'
import { agentToken, backPasses, companionToken, personToken } from '../../src/channels/browser/tokens.ts'

const ACCESS = { url: 'ws://livekit', apiKey: 'key', apiSecret: 'a-secret-that-is-long-enough-for-hs256' }
const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))

test('a person’s token lets them into one room for ten minutes, with a microphone and a screen, and nothing more', async () => {
  const { exp, nbf, iss, sub, video, roomConfig } = claimsOf(await personToken(ACCESS, 'room-1'))
  expect([exp - nbf, iss, sub]).toEqual([600, 'key', 'caller'])
  expect(video).toEqual({
    ...{ room: 'room-1', roomJoin: true, canSubscribe: true, canPublish: true, canPublishData: true },
    canPublishSources: ['microphone', 'screen_share'],
    canUpdateOwnMetadata: false,
  })
  expect(roomConfig).toMatchObject({ emptyTimeout: 20, departureTimeout: 90 })
})

test('who sits beside a telephone call has a room of the call’s, and no microphone', async () => {
  const { sub, video } = claimsOf(await companionToken(ACCESS, 'CA1'))
  expect(sub).toBe('companion')
  expect(video).toMatchObject({ room: 'screen-CA1', canPublishSources: ['screen_share'], canUpdateOwnMetadata: false })
})

test('the agent’s token is an agent’s, and its room waits a quarter of an hour', async () => {
  const { exp, nbf, sub, video, kind, roomConfig } = claimsOf(await agentToken(ACCESS, 'room-1'))
  expect([exp - nbf, sub, kind]).toEqual([600, 'agent', 'agent'])
  expect(video).toEqual({
    ...{ room: 'room-1', roomJoin: true, canSubscribe: true, canPublish: true, canPublishData: true },
    ...{ canUpdateOwnMetadata: true, agent: true },
  })
  expect(roomConfig).toMatchObject({ emptyTimeout: 900, departureTimeout: 90 })
})

test('a pass leads its owner back for half an hour, and nobody else', () => {
  let nowMs = Date.UTC(2026, 0, 1)
  const passes = backPasses('secret', () => new Date(nowMs))
  const pass = passes.mint({ callId: 'web-1', owner: 'one' })
  expect(passes.read(pass, 'one')).toBe('web-1')
  expect(passes.read(pass, 'other')).toBeUndefined()
  expect(passes.read(undefined, 'one')).toBeUndefined()
  expect(passes.read(`${pass}x`, 'one')).toBeUndefined()
  expect(backPasses('another secret', () => new Date(nowMs)).read(pass, 'one')).toBeUndefined()
  nowMs += 30 * 60_000 - 1
  expect(passes.read(pass, 'one')).toBe('web-1')
  nowMs += 1
  expect(passes.read(pass, 'one')).toBeUndefined()
})
