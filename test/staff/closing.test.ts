import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { memoryRecords } from './memory-records.ts'
import { CALL_ID, oneCall } from './one-call.ts'
import { PAGE, staffServer } from './staff-server.ts'

const OF_CALL = `/staff/api/calls/${CALL_ID}`
/** More than the sockets of the machine take in. */
const LONG_SOUND = 64 * 1024 * 1024

test('a player that is paused, and does not read, does not keep the server from closing', async () => {
  const { records } = memoryRecords([{ ...oneCall(), audio: new Map([[1, new Uint8Array(LONG_SOUND)]]) }])
  const { app, origin, cookieOf } = await staffServer({ records })
  const asked = request(`${origin}${OF_CALL}/audio/1`, { headers: { cookie: await cookieOf('listener') } })
  asked.on('error', () => undefined)
  onTestFinished(() => void asked.destroy())
  asked.end()
  const [response]: IncomingMessage[] = await once(asked, 'response')
  response?.pause().on('error', () => undefined)
  expect(response?.statusCode).toBe(200)
  await app.close()
})

test('a run of a call ends when the server closes', async () => {
  const begun = Promise.withResolvers<AbortSignal>()
  const { app, asking, cookieOf } = await staffServer({
    whatIf: (_callId, _change, _answersBy, signal) => {
      begun.resolve(signal)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
    },
  })
  const answer = asking(await cookieOf('supervisor'))('POST', `${OF_CALL}/what-if`, {}, { origin: PAGE })
  const ends = expect(answer).rejects.toThrow()
  const signal = await begun.promise
  await app.close()
  await ends
  expect(signal.aborted).toBe(true)
})
