import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Network } from '../../../src/network.ts'
import { openServerWatch, type RungAt, type SeenServer, serverMessage } from '../../../src/sandbox/softphone/rung-at.ts'
import { FakeClock } from '../../fakes/clock.ts'

const AT: RungAt = { url: 'http://127.0.0.1:8080', publicUrl: 'https://agent.example.com', authToken: 'secret' }

/** A watch of a server that answers as `answers` says, and what a page is told of it. */
function watched(rungAt: () => RungAt | undefined = () => AT) {
  const clock = new FakeClock()
  const asked: string[] = []
  const answers = new Map<string, readonly [status: number, body: object]>([
    ['/readyz', [200, { ready: true, reasons: [] }]],
  ])
  const network: Network = {
    fetch: async input => {
      const { pathname } = new URL(String(input))
      asked.push(pathname)
      const [status, body] = answers.get(pathname) ?? [404, {}]
      return new Response(JSON.stringify(body), { status })
    },
  }
  const watch = openServerWatch({ clock, network, rungAt })
  const page = () => {
    const told: SeenServer[] = []
    return { told, leave: watch.join(seen => told.push(seen)) }
  }
  return { clock, asked, answers, page }
}

test('a server is asked for all pages at once, and each page is told what is known, and what changes', async () => {
  const { clock, asked, answers, page } = watched()
  const first = page()
  await clock.advance(10)
  const second = page()
  expect(second.told).toEqual(first.told)
  await clock.advance(10_000)
  expect(asked.filter(path => path === '/readyz')).toHaveLength(6)
  expect(first.told).toHaveLength(1)
  answers.set('/readyz', [503, { ready: false, reasons: ['phrases are being rendered'] }])
  await clock.advance(2_000)
  expect(first.told.at(-1)).toMatchObject({ notReady: ['phrases are being rendered'] })
  expect(second.told).toEqual(first.told)
  first.leave()
  second.leave()
  await clock.advance(0)
  expect(clock.pending).toBe(0)
})

test('who comes back is told anew', async () => {
  const { clock, asked, page } = watched()
  page().leave()
  await clock.advance(5_000)
  const before = asked.length
  const again = page()
  await clock.advance(10)
  expect([asked.length > before, again.told.length]).toEqual([true, 1])
  again.leave()
})

test('another server is told, and one whose calls can be read here is followed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-data-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  let at: RungAt | undefined
  const { clock, answers, page } = watched(() => at)
  const { told, leave } = page()
  await clock.advance(10)
  expect(told.map(serverMessage)).toMatchObject([
    { url: '', ready: false, follows: false, notReady: [expect.stringContaining('--url')] },
  ])
  at = AT
  answers.set('/sandbox', [200, { dataDir: folder }])
  await clock.advance(2_000)
  expect(told.map(serverMessage).at(-1)).toEqual({
    kind: 'server',
    url: AT.url,
    ready: true,
    notReady: [],
    follows: false,
  })
  await mkdir(join(folder, 'calls'))
  await clock.advance(2_000)
  expect(told.map(serverMessage).at(-1)).toMatchObject({ follows: true })
  expect(told.at(-1)).toMatchObject({ callsFolder: join(folder, 'calls'), tellsTasks: true })
  // With a Twilio account a server says nothing of itself.
  answers.delete('/sandbox')
  await clock.advance(2_000)
  expect(told.at(-1)).toMatchObject({ callsFolder: undefined, tellsTasks: false })
  leave()
})

test('a token is for the server alone', async () => {
  const { clock, page } = watched()
  const { told, leave } = page()
  await clock.advance(10)
  expect(JSON.stringify(told.map(serverMessage))).not.toContain(AT.authToken)
  leave()
})
