import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { download } from '../../src/models/download.ts'
import { FakeClock } from '../fakes/clock.ts'
import { about, cutAfter, emptyFolder, network, type Request, ranged, settled, TARBALL } from './small-model.ts'

const URL_OF_IT = 'https://user:secret@registry.test/ears.tgz'
const FILE = about('ears.tgz', TARBALL)
const never = new AbortController().signal

async function fetched(
  answer: (request: Request, count: number) => Response | Promise<Response>,
  { had = Buffer.alloc(0), signal = never } = {},
) {
  const clock = new FakeClock()
  const path = join(await emptyFolder(), 'tarball.part')
  if (had.length > 0) await writeFile(path, had)
  const { requests, network: net } = network(answer)
  const seen: number[] = []
  const progress = (bytes: number): void => void seen.push(bytes)
  const work = download(URL_OF_IT, path, FILE, { network: net, clock, progress }, signal)
  const outcome = await settled(work, clock).then(
    () => 'done',
    error => String(error.message),
  )
  expect(clock.pending).toBe(0)
  const content = await readFile(path).catch(() => undefined)
  return { outcome, content, requests, seen, from: requests.map(({ from }) => from) }
}

test('a file comes whole, and its progress is told', async () => {
  const { outcome, content, seen, from } = await fetched(request => ranged(TARBALL, request))
  expect(outcome).toBe('done')
  expect(content).toEqual(TARBALL)
  expect(seen.at(-1)).toBe(TARBALL.length)
  expect(from).toEqual([undefined])
})

test('a transfer that is cut goes on where it ended', async () => {
  const { outcome, content, from } = await fetched((request, count) =>
    count === 1 ? new Response(cutAfter(TARBALL, 0, 10_000, 'cut')) : ranged(TARBALL, request),
  )
  expect(outcome).toBe('done')
  expect(content).toEqual(TARBALL)
  expect(from).toEqual([undefined, 10_000])
})

test('what an earlier run left is not fetched again', async () => {
  const half = await fetched(request => ranged(TARBALL, request), { had: TARBALL.subarray(0, 40_000) })
  expect(half.outcome).toBe('done')
  expect(half.content).toEqual(TARBALL)
  expect(half.from).toEqual([40_000])
  const whole = await fetched(request => ranged(TARBALL, request), { had: TARBALL })
  expect(whole.outcome).toBe('done')
  expect(whole.requests).toEqual([])
})

test('a server that knows no ranges sends it from the beginning', async () => {
  const { outcome, content } = await fetched(() => new Response(Uint8Array.from(TARBALL)), {
    had: TARBALL.subarray(0, 40_000),
  })
  expect(outcome).toBe('done')
  expect(content).toEqual(TARBALL)
})

test('a server that refuses the range, or sends another one, is asked for all of it', async () => {
  const refused = await fetched(
    request => (request.from === undefined ? ranged(TARBALL, request) : new Response(null, { status: 416 })),
    { had: TARBALL.subarray(0, 40_000) },
  )
  expect(refused.outcome).toBe('done')
  expect(refused.content).toEqual(TARBALL)
  const other = await fetched(
    request =>
      request.from === undefined
        ? ranged(TARBALL, request)
        : new Response('x', { status: 206, headers: { 'content-range': 'bytes 0-0/1' } }),
    { had: TARBALL.subarray(0, 40_000) },
  )
  expect(other.outcome).toBe('done')
  expect(other.from).toEqual([40_000, undefined])
})

test('what was left of another file is thrown away, once', async () => {
  const damaged = Buffer.from(TARBALL.subarray(0, 40_000))
  damaged[100] = (damaged[100] ?? 0) ^ 1
  const { outcome, content, from } = await fetched(request => ranged(TARBALL, request), { had: damaged })
  expect(outcome).toBe('done')
  expect(content).toEqual(TARBALL)
  expect(from).toEqual([40_000, undefined])
})

test('other bytes are refused, and nothing of them stays', async () => {
  const wrong = Buffer.from(TARBALL)
  wrong[5] = (wrong[5] ?? 0) ^ 1
  const { outcome, content, requests } = await fetched(request => ranged(wrong, request))
  expect(outcome).toBe('what registry.test gives is not what was published: its SHA-256 is not the published one')
  expect(content).toBeUndefined()
  expect(requests).toHaveLength(1)
})

test('a server that sends more than the file has is stopped', async () => {
  let given = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 10_000
      controller.enqueue(new Uint8Array(10_000))
    },
  })
  const { outcome, content } = await fetched(() => new Response(endless))
  expect(outcome).toBe(`registry.test sends more than the ${TARBALL.length} bytes of the file`)
  expect(content?.length).toBeLessThanOrEqual(TARBALL.length)
  expect(given).toBeLessThan(TARBALL.length + 50_000)
})

test('a server that stalls is given up after half a minute, and asked for the rest', async () => {
  const { outcome, from } = await fetched((request, count) =>
    count === 1 ? new Response(cutAfter(TARBALL, 0, 10_000, 'stalls', request.signal)) : ranged(TARBALL, request),
  )
  expect(outcome).toBe('done')
  expect(from).toEqual([undefined, 10_000])
})

test('a server that never answers is asked twice', async () => {
  const { outcome, requests } = await fetched(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  expect(outcome).toBe('registry.test sent nothing for 30 s')
  expect(requests).toHaveLength(2)
})

test('a refusal is told with its status, without the password; one that may pass is asked again', async () => {
  const gone = await fetched(() => new Response('no', { status: 404 }))
  expect(gone.outcome).toBe('registry.test answers 404')
  expect(gone.requests).toHaveLength(1)
  const busy = await fetched((request, count) =>
    count < 3 ? new Response(null, { status: 503 }) : ranged(TARBALL, request),
  )
  expect(busy.outcome).toBe('done')
  expect(busy.requests).toHaveLength(3)
  const later = await fetched(
    (request, count) => (count < 3 ? new Response(null, { status: 429 }) : ranged(TARBALL, request)),
    { had: TARBALL.subarray(0, 40_000) },
  )
  expect(later.outcome).toBe('done')
  expect(later.from).toEqual([40_000, 40_000, 40_000])
})

test('a transfer that is cut again and again is given up after four times, and what has come stays', async () => {
  const { outcome, content, from } = await fetched(({ from = 0 }) => {
    const body = cutAfter(TARBALL, from, 1_000, 'cut')
    const headers = { 'content-range': `bytes ${from}-` }
    return from === 0 ? new Response(body) : new Response(body, { status: 206, headers })
  })
  expect(outcome).toContain('registry.test: terminated')
  expect(from).toEqual([undefined, 1_000, 2_000, 3_000])
  expect(content).toEqual(TARBALL.subarray(0, 4_000))
})

test('a network that is away is told in words', async () => {
  const away = new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) })
  const { outcome } = await fetched(() => Promise.reject(away))
  expect(outcome).toBe('registry.test: there is no such host')
})

test('an abort ends it, and what has come stays for the next time', async () => {
  const call = new AbortController()
  const { outcome, content, requests } = await fetched(
    request => {
      setImmediate(() => call.abort(new Error('ended by SIGINT')))
      return new Response(cutAfter(TARBALL, 0, 10_000, 'stalls', request.signal))
    },
    { signal: call.signal },
  )
  expect(outcome).toBe('ended by SIGINT')
  expect(content?.length).toBeLessThanOrEqual(10_000)
  expect(requests).toHaveLength(1)
})

test('a folder that cannot be written is told as it is, and not tried again', async () => {
  const clock = new FakeClock()
  const folder = await emptyFolder()
  const { requests, network: net } = network(request => ranged(TARBALL, request))
  const parts = { network: net, clock, progress: () => undefined }
  const work = download(URL_OF_IT, join(folder, 'not there', 'file'), FILE, parts, never)
  await expect(settled(work, clock)).rejects.toMatchObject({ code: 'ENOENT' })
  expect(requests).toHaveLength(1)
  expect((await stat(folder)).isDirectory()).toBe(true)
})
