import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../src/clock.ts'
import { type Check, found } from '../../src/doctor/finding.ts'
import { livekitCheck } from '../../src/doctor/livekit.ts'
import { clockFinding, databaseCheck, diskCheck, nodeFinding } from '../../src/doctor/machine.ts'
import { json, page, settingsWith, stood } from './answers.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partyline-'))
})
afterAll(() => rm(folder, { recursive: true }))

const GIB = 1024 ** 3
/** Disks and databases take real time. */
const reallyFound = (check: Check) => found(check, systemClock, new AbortController().signal)

test.each([
  ['22.18.0', 'ok'],
  ['22.17.9', 'wrong'],
  ['24.0.0', 'ok'],
  ['20.99.1', 'wrong'],
  ['v23.1.0', 'ok'],
])('Node %s is %s', (version, kind) => {
  expect(nodeFinding(version, '>=22.18')).toMatchObject({ kind })
})

test('the disk: room for how many hours of calls, little, none, and a folder that cannot be one', async () => {
  const of = async (bytes: number, changed: Record<string, string> = {}) => {
    const settings = settingsWith({ DATA_DIR: folder, ...changed })
    return (await reallyFound(diskCheck(settings, async () => bytes)))[0]
  }
  expect(await of(10 * GIB)).toMatchObject({
    kind: 'ok',
    told: '10.0 GiB are free in DATA_DIR: recordings of 93 hours of calls',
  })
  expect(await of(10 * GIB, { RECORDING: 'off' })).toMatchObject({ kind: 'ok', told: '10.0 GiB are free in DATA_DIR' })
  expect(await of(GIB)).toMatchObject({ kind: 'note', told: expect.stringContaining('make room soon') })
  expect(await of(GIB / 10)).toMatchObject({ kind: 'wrong', told: expect.stringContaining('make room') })
  const file = join(folder, 'a-file')
  await writeFile(file, '')
  expect(await of(GIB, { DATA_DIR: file })).toMatchObject({ kind: 'wrong', told: expect.stringContaining('DATA_DIR') })
})

test('the database: one that can be written to, a file that is none, and a server that is not there', async () => {
  const of = async (url: string) =>
    (await reallyFound(databaseCheck(settingsWith({ DATABASE_URL: url }), systemClock)))[0]
  expect(await of(`sqlite:${join(folder, 'one.sqlite')}`)).toMatchObject({
    kind: 'ok',
    told: expect.stringMatching(/^SQLite/),
  })
  const broken = join(folder, 'broken.sqlite')
  await writeFile(broken, 'no database at all, but long enough to be looked at'.repeat(50))
  expect(await of(`sqlite:${broken}`)).toMatchObject({
    kind: 'wrong',
    told: expect.stringContaining('not a SQLite database'),
  })
  const gone = await of('postgres://me:secret@127.0.0.1:1/db')
  expect(gone).toMatchObject({ kind: 'wrong', told: expect.stringContaining('check DATABASE_URL') })
  expect(gone?.told).not.toContain('secret')
})

test('the clock is compared with those who answered', async () => {
  const at = (aheadMs: number, host = 'api.example.com') => ({ host, aheadMs })
  expect(clockFinding([])).toMatchObject({ kind: 'note' })
  expect(clockFinding([at(400), at(-900)])).toMatchObject({ kind: 'ok' })
  // One that is wrong itself does not count.
  expect(clockFinding([at(100), at(90_000, 'odd.example.com'), at(-300)])).toMatchObject({ kind: 'ok' })
  expect(clockFinding([at(5_000), at(5_400), at(5_200)])).toMatchObject({ kind: 'note' })
  expect(clockFinding([at(-61_000), at(-60_000), at(-60_500)])).toMatchObject({
    kind: 'wrong',
    told: expect.stringMatching(/61 s behind, by api\.example\.com: .* NTP/),
  })
})

test('the dates of answers tell how far the clock is off', async () => {
  const { asker, clock } = stood(() =>
    json({}, 200, { date: new Date(clock.wallTime().getTime() - 90_000).toUTCString() }),
  )
  await asker.ask('https://api.example.com/x', {}, new AbortController().signal)
  expect(clockFinding(asker.skews())).toMatchObject({ kind: 'wrong', told: expect.stringContaining('s ahead') })
})

test.each([
  [json({ rooms: [] }), 'ok', /takes the key/],
  [json({}, 401), 'wrong', /LIVEKIT_API_KEY, LIVEKIT_API_SECRET and the clock/],
  [page(), 'wrong', /something else answers/],
  [json({}, 500), 'wrong', /fails \(500\)/],
  ['refuses' as const, 'wrong', /nothing listens there: check LIVEKIT_URL/],
  ['hangs' as const, 'wrong', /check LIVEKIT_URL/],
])('LiveKit that does %s', async (does, kind, told) => {
  const { asker, asked, findings } = stood(() => does)
  const livekit = { LIVEKIT_URL: 'wss://lk.example.com', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 's'.repeat(32) }
  expect(await findings(livekitCheck(settingsWith(livekit), asker))).toMatchObject([
    { kind, told: expect.stringMatching(told) },
  ])
  expect(asked[0]?.url).toBe('https://lk.example.com/twirp/livekit.RoomService/ListRooms')
})

test("the laptop's LiveKit need not run, and production need not have one", async () => {
  const { asker, findings } = stood(() => 'refuses')
  expect(await findings(livekitCheck(settingsWith(), asker))).toMatchObject([
    { kind: 'note', told: expect.stringContaining('npm run livekit') },
  ])
  const production = settingsWith({ NODE_ENV: 'production', RECORDS_SECRET: 's'.repeat(32) })
  expect(await findings(livekitCheck(production, asker))).toMatchObject([{ kind: 'note' }])
})
