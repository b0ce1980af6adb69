import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { decodeWav } from '../../src/audio/wav.ts'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { restore } from '../../src/conversation/restore.ts'
import { openDatabase } from '../../src/database/database.ts'
import { readJournal } from '../../src/journal/outcome.ts'
import { storeIn } from '../../src/journal/store.ts'
import { english } from '../../src/languages/english.ts'
import { BROKEN_CODE } from '../../src/operations/breakdown.ts'
import type { Script } from '../../src/sandbox/caller/fixture.ts'
import { type SandboxProcess, startSandbox } from '../../src/sandbox/process.ts'
import { startRinging } from '../../src/sandbox/ringing/ring.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import type { CallEvent } from '../../src/sandbox/twilio/call-event.ts'
import { openTicker } from '../../src/sandbox/twilio/ticker.ts'
import type { WAYS } from './breaking-ears.ts'
import { Feed } from './feed.ts'

const EARS = fileURLToPath(new URL('./breaking-ears.ts', import.meta.url))
const lifetime = new AbortController()
const ticker = openTicker(clock)
let sandbox: SandboxProcess
let seed = 300

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, profile: 'fast' }, lifetime.signal)
})
afterAll(async () => {
  await sandbox.close()
  lifetime.abort()
})

/** Two seconds of a stereo recording. */
const GREETED_BYTES = 2 * 8_000 * 4
async function serve(breaksAtOnce?: (typeof WAYS)[number]) {
  const dataDir = await mkdtemp(join(tmpdir(), 'partyline-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const file = join(dataDir, 'breaks.txt')
  if (breaksAtOnce) await writeFile(file, breaksAtOnce)
  const env = { STT: EARS, BREAKING_EARS_FILE: file, LOG_LEVEL: 'info' }
  const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, lifetime.signal)
  return {
    server,
    dataDir,
    // By rename, so that the ears never find an empty one.
    async breakBy(way: (typeof WAYS)[number]) {
      await writeFile(`${file}.part`, way)
      await rename(`${file}.part`, file)
    },
    isSeen: () => !existsSync(file),
  }
}

/** Resolves when the recordings of so many calls are longer than two seconds: something has been said by then. */
async function greeted(dataDir: string, calls: number): Promise<void> {
  const folder = join(dataDir, 'calls')
  const recordings = async (): Promise<number> => {
    const names = (await readdir(folder, { recursive: true })).filter(name => name.endsWith('.wav'))
    const sizes = await Promise.all(names.map(async name => (await stat(join(folder, name))).size))
    return sizes.filter(size => size > GREETED_BYTES).length
  }
  await expect.poll(recordings).toBe(calls)
}

/** Says nothing, and stays. */
const SILENT: Script = {
  ...{ name: 'silent', about: 'Says nothing.', from: '+15550100009', voice: 'none', utterances: [] },
  ...{ hangUp: { after: 'answered', ms: 60_000, withStop: true }, expect: {} },
}

function call(server: ServerProcess) {
  const events = new Feed<CallEvent>()
  const { call, record } = startRinging(
    { ...server.rungBy(SILENT), seed: ++seed, ticker, onEvent: event => events.push(event) },
    lifetime.signal,
  )
  return {
    isOn: events.some(({ kind }) => kind === 'stream-started'),
    isCut: events.some(({ kind }) => kind === 'stream-ended'),
    record,
    hangUp: () => call.complete(),
  }
}

const linesOf = (log: string, message: string): readonly Record<string, unknown>[] =>
  log
    .split('\n')
    .filter(line => line.includes(`"msg":"${message}`))
    .map(line => JSON.parse(line))

test.each(['reject', 'throw', 'reject-often'] as const)(
  'code that breaks in the background by "%s" ends the server: told in a line, two calls sealed, no end of them stored',
  async way => {
    const { server, dataDir, breakBy } = await serve()
    const calls = [call(server), call(server)]
    await Promise.all(calls.map(({ isOn }) => isOn))
    await greeted(dataDir, calls.length)
    await breakBy(way)
    const { code, log } = await server.ended
    await Promise.all(calls.map(({ isCut }) => isCut))
    const records = await Promise.all(
      calls.map(({ hangUp, record }) => {
        hangUp()
        return record
      }),
    )

    expect(code).toBe(BROKEN_CODE)
    const told = linesOf(log, 'the server broke')
    expect(told).toMatchObject([
      {
        level: 60,
        origin: way === 'throw' ? 'uncaughtException' : 'unhandledRejection',
        kind: 'TypeError',
        why: 'Unexpected words: … of …',
      },
    ])
    expect(JSON.stringify(told[0]?.at)).toContain('breaking-ears.ts')
    expect(linesOf(log, 'another error').length).toBe(way === 'reject-often' ? 5 : 0)
    expect(log).not.toMatch(/Anna|0100009|010 0009/)

    const database = await openDatabase(`sqlite:${join(dataDir, 'partyline.sqlite')}`)
    const store = await storeIn(database)
    for (const { callSid } of records) {
      const folder = join(dataDir, 'calls', callSid)
      const seal = JSON.parse(await readFile(join(folder, 'sealed.json'), 'utf8'))
      expect(seal).toMatchObject({ killed: true, lost: [] })
      const kept = ['about.json', 'call-1.wav', 'journal.jsonl', 'transcript.txt']
      expect(Object.keys(seal.files).toSorted()).toEqual(kept)
      for (const name of kept) {
        const bytes = await readFile(join(folder, name))
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(seal.files[name].sha256)
      }
      const lines = await readJournal(join(folder, 'journal.jsonl'))
      // The call goes on where it was: nothing decided its end, neither in the file nor in the store, which has every line.
      expect(restore(lines, english).turn.kind).not.toBe('ended')
      expect((await store.linesOf(callSid)).map(line => JSON.parse(line))).toEqual(lines)
      expect(await store.factsOf(callSid)).toEqual({ streams: 1, next: undefined })
      const { pcm } = decodeWav(await readFile(join(folder, 'call-1.wav')))
      expect(pcm.some(sample => sample !== 0)).toBe(true)
    }
    await database.close()
  },
)

test('a warning of Node is a line of the log, once, and ends nothing', async () => {
  const { server, breakBy, isSeen } = await serve()
  const live = call(server)
  await live.isOn
  await breakBy('warn')
  await expect.poll(isSeen).toBe(true)
  live.hangUp()
  await live.record
  const { code, log } = await server.close()
  expect(code).toBe(0)
  expect(linesOf(log, 'Node warns').filter(({ code }) => code === 'OFTEN')).toMatchObject([
    { level: 40, kind: 'MaxListenersExceededWarning', why: 'Unexpected words: … of …' },
  ])
  expect(log).not.toMatch(/Anna|\(node:/)
})

test('code that breaks before the server is open ends it in the same way', async () => {
  await expect(serve('throw')).rejects.toThrow(/does not become ready.*"origin":"uncaughtException".*the server broke/s)
})
