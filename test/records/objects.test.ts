import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { readSettings } from '../../src/config.ts'
import type { JournalLine } from '../../src/conversation/lines.ts'
import type { Clock } from '../../src/conversation/ports.ts'
import { openDatabase } from '../../src/database/database.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { systemNetwork } from '../../src/network.ts'
import { openLog } from '../../src/operations/log.ts'
import { sealFolder, unseal } from '../../src/records/call-folder.ts'
import { openCallRecords } from '../../src/records/call-records.ts'
import { linesOf } from '../../src/records/journals.ts'
import { deleteObjectsOf, deleteOldObjects, keyOf, textOf } from '../../src/records/objects/kept-objects.ts'
import { type ObjectStore, s3Store } from '../../src/records/objects/s3.ts'
import { uploadsTo } from '../../src/records/objects/uploads.ts'
import { openRecords } from '../../src/records/open-records.ts'
import { AGENT, onTheLine, POLICY } from '../fakes/call.ts'
import { FakeClock } from '../fakes/clock.ts'
import { openGateway } from './versitygw.ts'

const never = new AbortController().signal
const gateway = await openGateway('the object store of records')
const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')

describe.skipIf(gateway === undefined)('in a real S3 store', () => {
  const settings = gateway?.settings ?? { endpoint: '', bucket: '', region: '', accessKeyId: '', secretAccessKey: '' }

  async function opened({ clock = systemClock as Clock, network = systemNetwork } = {}) {
    await gateway?.empty()
    const folder = await mkdtemp(join(tmpdir(), 'partyline-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const store = s3Store(settings, systemClock, network)
    const warned: object[] = []
    const told: object[] = []
    const uploads = uploadsTo({
      ...{ store, callsFolder: folder, clock },
      log: { warn: fields => warned.push(fields), info: fields => told.push(fields) },
    })
    const running = new AbortController()
    const run = uploads.run(running.signal)
    onTestFinished(async () => {
      running.abort(new Error('the test is over'))
      await run
    })
    async function call(callId: string, sound = Buffer.alloc(300_000, 7)): Promise<string> {
      const place = join(folder, callId)
      await mkdir(place)
      await writeFile(join(place, 'journal.jsonl'), '{"v":2,"seq":1,"atMs":0,"noted":{"kind":"a"}}\n')
      await writeFile(join(place, 'about.json'), '{"agent":"Paula"}')
      await writeFile(join(place, 'call-1.wav'), sound)
      await sealFolder(place, { killed: false, lost: [] })
      return place
    }
    return { store, uploads, folder, call, warned, told }
  }

  async function all(store: ObjectStore, prefix: string): Promise<readonly string[]> {
    const keys: string[] = []
    for await (const { key } of store.list(prefix, never)) keys.push(key)
    return keys
  }

  async function bytesOf(body: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
    const pieces: Uint8Array[] = []
    for await (const piece of body ?? []) pieces.push(piece)
    return Buffer.concat(pieces)
  }

  test('what is put is got again, whole and in parts, and what is not there is not', async () => {
    const { store, folder } = await opened()
    const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251))
    await writeFile(join(folder, 'file'), content)
    await store.put('calls/CA1/file', join(folder, 'file'), sha256(content), never)
    expect((await bytesOf(await store.get('calls/CA1/file', undefined, never))).equals(content)).toBe(true)
    const part = await bytesOf(await store.get('calls/CA1/file', { from: 1_000, to: 70_001 }, never))
    expect(part.equals(content.subarray(1_000, 70_001))).toBe(true)
    expect(await store.get('calls/CA2/file', undefined, never)).toBeUndefined()
    await store.delete('calls/CA1/file', never)
    await store.delete('calls/CA1/file', never)
    expect(await all(store, '')).toEqual([])
  })

  test('a file that changed on the way is refused, and so is a wrong key', async () => {
    const { store, folder } = await opened()
    await writeFile(join(folder, 'file'), 'content')
    await expect(store.put('calls/CA1/file', join(folder, 'file'), sha256('other'), never)).rejects.toThrow(
      'the object store refuses PUT: 400 XAmzContentSHA256Mismatch',
    )
    const stranger = s3Store({ ...settings, secretAccessKey: 'wrong' }, systemClock, systemNetwork)
    await expect(stranger.get('calls/CA1/file', undefined, never)).rejects.toThrow('the object store refuses GET: 403')
    await expect(all(stranger, 'calls/')).rejects.toThrow('the object store refuses LIST: 403 SignatureDoesNotMatch')
  })

  test('an aborted read ends', async () => {
    const { store, folder } = await opened()
    const content = Buffer.alloc(5_000_000)
    await writeFile(join(folder, 'file'), content)
    await store.put('file', join(folder, 'file'), sha256(content), never)
    const reading = new AbortController()
    const body = await store.get('file', undefined, reading.signal)
    reading.abort(new Error('the listener left'))
    await expect(bytesOf(body)).rejects.toThrow()
  })

  test('sealed calls are uploaded with their seal, also those that were left, and a call that goes on is not', async () => {
    const { store, uploads, call } = await opened()
    await call('CA1')
    const left = await call('CA2')
    const back = await call('CA3')
    await unseal(back)
    uploads.add('CA1')
    await uploads.idle(never)
    await uploads.addLeft()
    await uploads.idle(never)
    const names = ['about.json', 'call-1.wav', 'journal.jsonl', 'sealed.json']
    expect(await all(store, '')).toEqual(['CA1', 'CA2'].flatMap(id => names.map(name => keyOf(id, name))))
    expect(await textOf(store, keyOf('CA2', 'sealed.json'), never)).toBe(
      await readFile(join(left, 'sealed.json'), 'utf8'),
    )
    await deleteObjectsOf(store, ['CA1', 'CA2'], never)
    await uploads.addLeft()
    await uploads.idle(never)
    expect(await all(store, '')).toEqual([])
  })

  test('a store that was away gets all that was sealed meanwhile, and the log has a line when it goes and one when it is back', async () => {
    const clock = new FakeClock()
    const { store, uploads, call, warned, told } = await opened({ clock })
    await gateway?.stop()
    const calls = Array.from({ length: 10 }, (_, i) => `CA${i + 1}`)
    await Promise.all(calls.map(callId => call(callId, Buffer.alloc(5_000, 7))))
    for (const callId of calls) uploads.add(callId)
    // A request on its way waits by the clock too, so who waits for what is not asked.
    for (let minutes = 0; minutes < 20; minutes++) {
      await expect.poll(() => clock.pending).toBeGreaterThan(0)
      await clock.advance(60_000)
    }
    await expect.poll(() => warned).toEqual([{ store: 's3', call: 'CA1', err: expect.any(Error) }])
    await gateway?.start()
    let isDone = false
    uploads.idle(never).then(() => {
      isDone = true
    })
    await expect.poll(() => clock.advance(60_000).then(() => isDone)).toBe(true)
    expect(await all(store, '')).toHaveLength(4 * calls.length)
    expect(told).toEqual([{ store: 's3', awaySeconds: expect.any(Number), waiting: 9 }])
    expect(warned).toHaveLength(1)
  })

  const xml = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`

  test.each([
    [400, 'RequestTimeout'],
    [400, 'ExpiredToken'],
    [400, 'IncompleteBody'],
    [403, 'RequestTimeTooSkewed'],
    [404, 'NoSuchBucket'],
    [409, 'OperationAborted'],
    [429, ''],
    [301, 'PermanentRedirect'],
    [400, ''],
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [507, 'XMinioStorageFull'],
  ])('an answer of %i %s is no fault of the call: it is tried for as long as it takes', async (status, code) => {
    const clock = new FakeClock()
    let isRefused = true
    const fetch: typeof systemNetwork.fetch = async (input, init) =>
      isRefused && init?.method === 'PUT'
        ? new Response(code ? xml(code) : '<html>Bad Request</html>', { status })
        : systemNetwork.fetch(input, init)
    const { store, uploads, call, warned, told } = await opened({ clock, network: { ...systemNetwork, fetch } })
    await call('CA1')
    uploads.add('CA1')
    for (let tries = 0, waitMs = 1_000; tries < 8; tries++, waitMs *= 2) {
      await expect.poll(() => clock.pending).toBe(1)
      await clock.advance(waitMs)
    }
    await expect.poll(() => clock.pending).toBe(1)
    isRefused = false
    await clock.advance(5 * 60_000)
    await uploads.idle(never)
    expect([warned.length, told.length]).toEqual([1, 1])
    expect(await all(store, '')).toHaveLength(4)
  })

  test.each([
    [400, 'EntityTooLarge'],
    [400, 'KeyTooLongError'],
    [413, ''],
  ])('an answer of %i %s is about the call: it is given up after some tries', async (status, code) => {
    const clock = new FakeClock()
    const fetch: typeof systemNetwork.fetch = async () => new Response(code && xml(code), { status })
    const { uploads, call, warned } = await opened({ clock, network: { ...systemNetwork, fetch } })
    await call('CA1')
    uploads.add('CA1')
    for (const waitMs of [5_000, 20_000, 80_000, 320_000]) {
      await expect.poll(() => clock.pending).toBe(1)
      await clock.advance(waitMs)
    }
    await expect.poll(() => warned).toEqual([{ call: 'CA1', err: expect.any(Error), tries: 5 }])
  })

  test('a call whose folder is gone is read from the store', async () => {
    const { store, uploads, call, folder } = await opened()
    const sound = Buffer.from(Array.from({ length: 50_000 }, (_, i) => i % 13))
    const place = await call('CA1', sound)
    uploads.add('CA1')
    await uploads.idle(never)
    await rm(place, { recursive: true })
    const sources = { callsFolder: folder, objects: store, store: { linesOf: async () => [] } }
    expect(await linesOf('CA1', sources, never)).toEqual([{ v: 2, seq: 1, atMs: 0, noted: { kind: 'a' } }])
    expect(await linesOf('CA2', sources, never)).toBeUndefined()
    const records = openRecords({
      ...sources,
      ...({} as Pick<Parameters<typeof openRecords>[0], 'index' | 'secrets' | 'models' | 'forget'>),
    })
    expect(await records.about('CA1', never)).toEqual({ agent: 'Paula' })
    const audio = await records.audio('CA1', 1, never)
    expect(audio?.bytes).toBe(sound.length)
    expect((await bytesOf(audio?.read(500, 90_000, never))).equals(sound.subarray(500))).toBe(true)
    expect(await records.audio('CA1', 2, never)).toBeUndefined()
  })

  test('what several servers have of one call is kept from each, and read together', async () => {
    const [one, other] = [await opened(), await opened()]
    const line = (seq: number): string => `{"v":2,"seq":${seq},"atMs":0,"noted":{"kind":"a"}}\n`
    /** What one server has of the streams that it held. */
    async function part(at: typeof one, attempts: readonly number[], about: object): Promise<string> {
      const place = join(at.folder, 'CA1')
      await mkdir(place)
      await writeFile(join(place, 'journal.jsonl'), attempts.map(line).join(''))
      await writeFile(join(place, 'about.json'), JSON.stringify(about))
      for (const attempt of attempts) await writeFile(join(place, `call-${attempt}.wav`), `sound ${attempt}`)
      await sealFolder(place, { killed: false, lost: [] })
      at.uploads.add('CA1')
      await at.uploads.idle(never)
      return place
    }
    const early = await part(one, [1, 3], { agent: 'Paula', attempt: 1 })
    await rm(await part(other, [2], { agent: 'Other' }), { recursive: true })
    const last = await part(other, [4, 5], { agent: 'Robin', attempt: 4 })
    const names = (attempts: readonly number[]) =>
      ['about.json', ...attempts.map(attempt => `call-${attempt}.wav`), 'journal.jsonl', 'sealed.json'].toSorted()
    expect((await all(one.store, '')).toSorted()).toEqual(
      [
        ...names([1, 3]).map(name => `calls/CA1/${name}`),
        ...names([2]).map(name => `calls/CA1/from-2/${name}`),
        ...names([4, 5]).map(name => `calls/CA1/from-4/${name}`),
      ].toSorted(),
    )
    const sources = { callsFolder: one.folder, objects: one.store, store: { linesOf: async () => [] } }
    const numbers = async () => (await linesOf('CA1', sources, never))?.map(({ seq }) => seq)
    // This server has 1 and 3 itself: what is between them is at the store.
    expect(await numbers()).toEqual([1, 2, 3, 4, 5])
    for (const place of [early, last]) await rm(place, { recursive: true })
    expect(await numbers()).toEqual([1, 2, 3, 4, 5])
    const records = openRecords({
      ...sources,
      ...({} as Pick<Parameters<typeof openRecords>[0], 'index' | 'secrets' | 'models' | 'forget'>),
    })
    expect(await records.about('CA1', never)).toEqual({ agent: 'Paula', attempt: 1 })
    for (const attempt of [1, 2, 3, 4, 5]) {
      const audio = await records.audio('CA1', attempt, never)
      expect((await bytesOf(audio?.read(0, 100, never))).toString()).toBe(`sound ${attempt}`)
    }
    expect(await records.audio('CA1', 6, never)).toBeUndefined()
    await deleteObjectsOf(one.store, ['CA1'], never)
    expect(await all(one.store, '')).toEqual([])
  })

  test('a broken folder is tried a few times, holds up no other, and is named once', async () => {
    const clock = new FakeClock()
    const { store, uploads, call, warned } = await opened({ clock })
    const broken = await call('CA1')
    await call('CA2')
    await writeFile(join(broken, 'call-1.wav'), 'other sound than was sealed')
    await uploads.addLeft()
    for (const waitMs of [5_000, 20_000, 80_000, 320_000]) {
      await expect.poll(() => clock.pending).toBe(1)
      await expect.poll(() => all(store, keyOf('CA2', ''))).toHaveLength(4)
      await clock.advance(waitMs - 1)
      expect(clock.pending).toBe(1)
      await clock.advance(1)
    }
    await expect.poll(() => warned).toEqual([{ call: 'CA1', err: expect.any(Error), tries: 5 }])
    await uploads.addLeft()
    await uploads.idle(never)
    expect([clock.pending, warned.length]).toEqual([0, 1])
    expect(await all(store, keyOf('CA1', 'sealed.json'))).toEqual([])

    await sealFolder(broken, { killed: false, lost: [] })
    uploads.add('CA1')
    await uploads.idle(never)
    expect(await all(store, keyOf('CA1', ''))).toHaveLength(4)
  })

  test('a folder whose seal cannot be read is given up, too', async () => {
    const clock = new FakeClock()
    const { uploads, call, warned } = await opened({ clock })
    await writeFile(join(await call('CA1'), 'sealed.json'), '{"files"')
    uploads.add('CA1')
    for (const waitMs of [5_000, 20_000, 80_000, 320_000]) {
      await expect.poll(() => clock.pending).toBe(1)
      await clock.advance(waitMs)
    }
    await expect.poll(() => warned).toEqual([{ call: 'CA1', err: expect.any(SyntaxError), tries: 5 }])
  })

  test('recordings go first, the rest later', async () => {
    const { store, uploads, call } = await opened()
    await call('CA1')
    uploads.add('CA1')
    await uploads.idle(never)
    const later = new Date(Date.now() + 60_000)
    const earlier = new Date(0)
    expect(await deleteOldObjects(store, { recordings: undefined, others: undefined }, never)).toBe(0)
    expect(await deleteOldObjects(store, { recordings: earlier, others: earlier }, never)).toBe(0)
    expect(await deleteOldObjects(store, { recordings: later, others: undefined }, never)).toBe(1)
    expect(await deleteOldObjects(store, { recordings: later, others: later }, never)).toBe(3)
    expect(await all(store, '')).toEqual([])
  })

  test('a call that is over goes there by itself, and leaves it when its caller is forgotten', async () => {
    const { store, folder } = await opened()
    const database = await openDatabase(`sqlite:${join(folder, 'records.sqlite')}`)
    const uploading = new AbortController()
    const callRecords = await openCallRecords({
      ...{ clock: systemClock, database, network: systemNetwork, language: english, version: '1' },
      ...{ forgets: [], onBehind: () => undefined, forgetsOfCaller: [], server: { id: '1', name: 'a server' } },
      settings: {
        ...readSettings({ TWILIO_AUTH_TOKEN: 'token' }),
        s3: settings,
      },
      callsFolder: folder,
      store: await storeIn(database),
      log: openLog('silent', false),
    })
    const run = callRecords.upload(uploading.signal)
    onTestFinished(async () => {
      uploading.abort(new Error('the test is over'))
      await run
      await database.close()
    })
    const lines: JournalLine[] = []
    await onTheLine({}, async call => {
      await call.greeted()
      lines.push(...call.journal.lines)
    })
    for (const [callId, number] of [
      ['CA1', '+15550100201'],
      ['CA2', '+15550100202'],
    ] as const) {
      await mkdir(join(folder, callId))
      const about = { callId, number, agent: AGENT, channelName: 'phone', policy: POLICY, tools: [], before: [] }
      const kept = callRecords.keeper.begin({ ...about, attempt: 1, startedAt: new Date() })
      for (const line of lines) kept.take(line)
      await writeFile(join(folder, callId, 'journal.jsonl'), lines.map(line => `${JSON.stringify(line)}\n`).join(''))
      kept.over([])
    }
    await callRecords.settled(never)
    const names = ['about.json', 'journal.jsonl', 'sealed.json']
    expect(await all(store, '')).toEqual(['CA1', 'CA2'].flatMap(id => names.map(name => keyOf(id, name))))
    // Recordings may be kept longer than the index, so retention deletes objects by their own age.
    await callRecords.forgetCalls(['CA2'])
    expect(await all(store, keyOf('CA2', ''))).toEqual(names.map(name => keyOf('CA2', name)))
    expect(await callRecords.records.forgetCaller('+15550100201', never)).toEqual({ calls: ['CA1'], later: [] })
    expect(await all(store, '')).toEqual(names.map(name => keyOf('CA2', name)))
    await rm(join(folder, 'CA2'), { recursive: true })
    expect(await callRecords.records.lines('CA2', never)).toEqual(lines)
    expect((await callRecords.records.cost('CA2', never))?.usd).toBeGreaterThan(0)
  })
})
