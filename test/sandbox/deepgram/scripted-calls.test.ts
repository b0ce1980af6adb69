import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src/clock.ts'
import { systemNetwork as network } from '../../../src/network.ts'
import { isScripted, markScripted } from '../../../src/sandbox/deepgram/scripted-calls.ts'
import { openDeepgramStandIn } from '../../../src/sandbox/deepgram/stand-in.ts'
import { profiles } from '../../../src/sandbox/delays.ts'
import type { StandIn } from '../../../src/sandbox/stand-in.ts'

const { signal } = new AbortController()
let standIn: StandIn
beforeEach(async () => {
  standIn = await openDeepgramStandIn({ port: 0, profile: profiles.fast, seed: 1, clock: systemClock })
})
afterEach(() => standIn.close())

test('a call is scripted when its ring said so, and no other is', async () => {
  expect(await isScripted(standIn.url, 'CA1', network, signal)).toBe(false)
  await markScripted(standIn.url, 'CA1', network, signal)
  expect(await isScripted(standIn.url, 'CA1', network, signal)).toBe(true)
  expect(await isScripted(standIn.url, 'CA2', network, signal)).toBe(false)
})

test('an announced utterance says it, too', async () => {
  const said = await fetch(`${standIn.url}/sandbox/utterances/CA3`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ utterances: [{ words: [{ text: 'Hi', startMs: 0, endMs: 100 }], voicedFromMs: 0 }] }),
  })
  expect(said.status).toBe(204)
  expect(await isScripted(standIn.url, 'CA3', network, signal)).toBe(true)
})

test('it is asked at the address of its sockets, whatever is in the name of the call', async () => {
  const url = standIn.url.replace('http', 'ws')
  await markScripted(url, 'web/../a b?', network, signal)
  expect(await isScripted(url, 'web/../a b?', network, signal)).toBe(true)
})

test('only so many calls are kept: the oldest are forgotten', async () => {
  await markScripted(standIn.url, 'CA-first', network, signal)
  for (let i = 0; i < 2_000; i += 50)
    await Promise.all(Array.from({ length: 50 }, (_, j) => markScripted(standIn.url, `CA${i + j}`, network, signal)))
  expect(await isScripted(standIn.url, 'CA-first', network, signal)).toBe(false)
  expect(await isScripted(standIn.url, 'CA1999', network, signal)).toBe(true)
})

test('a server that is no stand-in is an error that names it', async () => {
  const other = { fetch: async () => new Response('no such page', { status: 404 }) }
  await expect(isScripted('http://ears', 'CA1', other, signal)).rejects.toThrow(
    'http://ears answered 404: no such page',
  )
  await expect(markScripted('http://ears', 'CA1', other, signal)).rejects.toThrow('http://ears answered 404')
})
