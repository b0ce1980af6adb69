import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadNamedFixture } from '../../../src/sandbox/caller/fixture.ts'
import { openWholeCalls, type WholeCalls } from '../whole-calls.ts'

const AWAY_MS = 5 * 60_000
const never = new AbortController().signal
type Absence = 'cut' | 'refusing keys' | 'full' | 'hanging'

/** An object store in memory that takes what is put, unless it is away. */
function openObjects() {
  const objects = new Map<string, Buffer>()
  const state: { absence: Absence | undefined } = { absence: undefined }
  const refused = (response: ServerResponse, status: number, code: string) =>
    response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`)
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    switch (state.absence) {
      case 'cut':
        return request.socket.destroy()
      case 'refusing keys':
        return refused(response, 403, 'InvalidAccessKeyId')
      case 'full':
        return refused(response, 507, 'XMinioStorageFull')
      case 'hanging':
        return undefined
      case undefined:
        objects.set((request.url ?? '').replace('/calls-of-a-test/', ''), Buffer.concat(pieces))
        return response.writeHead(200).end()
    }
  })
  return { objects, state, server }
}

/** Requests are signed in other threads, of which virtual time knows nothing: each second of it waits for what they do. */
async function signingPasses({ clock, outside }: Pick<WholeCalls, 'clock' | 'outside'>, signal: AbortSignal) {
  for (;;) {
    await clock.sleep(1_000, signal)
    await outside.during(crypto.subtle.digest('SHA-256', new Uint8Array(1)))
  }
}

test.each<[Absence, RegExp]>([
  ['cut', /^object store: the connection was cut$/],
  ['refusing keys', /^object store: .*403 InvalidAccessKeyId$/],
  ['full', /^object store: .*507 XMinioStorageFull$/],
  ['hanging', /^object store: PUT at the object store took longer than \d+ ms$/],
])(
  'an object store that is %s for five minutes: calls are as ever, it is named, and all of them are in it later',
  async (absence, named) => {
    const script = await loadNamedFixture('plain')
    const { objects, state, server } = openObjects()
    const env = {
      ...{ RECORDING: 'on', S3_ENDPOINT: 'http://objects', S3_BUCKET: 'calls-of-a-test', S3_REGION: 'nowhere' },
      ...{ S3_ACCESS_KEY_ID: 'key', S3_SECRET_ACCESS_KEY: 'secret' },
    }
    const all = await openWholeCalls({ env })
    onTestFinished(() => all.close())
    all.network.join('objects', server)
    const over = new AbortController()
    onTestFinished(() => over.abort(new Error('the test is over')))
    signingPasses(all, over.signal).catch(() => undefined)
    await all.partyline.writeMissingTranscripts()
    const readyz = async () => {
      const { statusCode, body } = await all.passing(all.partyline.app.inject('/readyz'))
      return { statusCode, ...(JSON.parse(body) as { degraded?: readonly string[] }) }
    }
    const lines = () => all.logged.map(line => JSON.parse(line) as { level: number; msg: string; store?: string })

    state.absence = absence
    const ringing = [1, 2, 3].map(seed => all.rung(script, { seed }))
    const records = await all.passing(Promise.all(ringing))
    for (const { gaveUp, gaps, unplayed } of records) {
      expect([gaveUp, unplayed]).toEqual([false, 0])
      expect(gaps.map(({ kind }) => kind)).toEqual(gaps.map(() => 'answered'))
    }
    await all.passing(all.clock.sleep(AWAY_MS, never))
    expect(await readyz()).toMatchObject({ statusCode: 200, degraded: [expect.stringMatching(named)] })
    expect(objects.size).toBe(0)

    state.absence = undefined
    await all.passing(all.clock.sleep(AWAY_MS + 30_000, never))
    expect(await readyz()).toMatchObject({ statusCode: 200, reasons: [] })
    expect((await readyz()).degraded).toBeUndefined()
    for (const { callSid } of records)
      for (const name of ['about.json', 'journal.jsonl', 'call-1.wav', 'transcript.txt', 'sealed.json']) {
        const kept = await readFile(join(all.dataDir, 'calls', callSid, name))
        expect([name, objects.get(`calls/${callSid}/${name}`)?.equals(kept)]).toEqual([name, true])
      }
    expect(
      lines()
        .filter(({ store }) => store === 's3')
        .map(({ level }) => level),
    ).toEqual([40, 30])
  },
)
