import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { page } from '../../src/page.ts'
import { buildServer } from '../../src/server.ts'

const HTML = '<!doctype html><title>the page</title>'
const SCRIPT = 'console.log("the page")'
const CONSOLE = '<!doctype html><meta property="csp-nonce" nonce="%NONCE%"><title>the console</title>'
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), HTML)
  await writeFile(join(folder, 'staff.html'), CONSOLE)
  await writeFile(join(folder, 'assets/index-B1.js'), SCRIPT)
  await writeFile(join(folder, 'assets/index-B1.js.br'), brotliCompressSync(SCRIPT))
})
afterAll(() => rm(folder, { recursive: true }))

const serverWith = (parts: { folder: string; livekitUrl: string | undefined; overHttps?: boolean }) =>
  buildServer({
    ...{ log: pino({ enabled: false }), reasonsNotReady: async () => [] },
    routes: [page({ overHttps: false, ...parts })],
  })

test('both addresses give the page, which is asked for again each time', async () => {
  const app = await serverWith({ folder, livekitUrl: undefined })
  for (const url of ['/', '/screen']) {
    const answer = await app.inject({ url })
    expect([answer.statusCode, answer.body]).toEqual([200, HTML])
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/html; charset=utf-8' })
  }
  expect((await app.inject({ url: '/other' })).statusCode).toBe(404)
  await app.close()
})

test('all addresses of the console give it, with a nonce for styles that is new each time', async () => {
  const app = await serverWith({ folder, livekitUrl: undefined })
  const nonces = new Set<string>()
  for (const url of ['/staff', '/staff/', '/staff/calls/CA1?at=12', '/staff/live']) {
    const answer = await app.inject({ url })
    expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    const nonce = /nonce="([\w-]{20,})"/.exec(answer.body)?.[1] ?? ''
    nonces.add(nonce)
    expect(answer.headers['content-security-policy']).toContain(`;style-src 'self' 'nonce-${nonce}';`)
    expect(answer.headers['content-security-policy']).toContain(";script-src 'self';")
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  }
  expect(nonces.size).toBe(4)
  for (const url of ['/staff/api', '/staff/api/none', '/staff.html', '/staffs'])
    expect((await app.inject({ url })).statusCode, url).toBe(404)
  expect((await app.inject({ url: '/' })).headers['content-security-policy']).toContain(";style-src 'self';")
  await app.close()
})

test('files with a name of their own are kept, and sent compressed to who can read that', async () => {
  const app = await serverWith({ folder, livekitUrl: undefined })
  const url = '/assets/index-B1.js'
  const plain = await app.inject({ url })
  expect(plain.body).toBe(SCRIPT)
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const small = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
  expect(small.headers).toMatchObject({ 'content-encoding': 'br', vary: 'accept-encoding' })
  expect(brotliDecompressSync(small.rawPayload).toString()).toBe(SCRIPT)
  await app.close()
})

test('nothing outside the folder is sent', async () => {
  const app = await serverWith({ folder: join(folder, 'assets'), livekitUrl: undefined })
  for (const url of ['/../index.html', '/%2e%2e/index.html', '/assets/..%2f..%2findex.html']) {
    expect((await app.inject({ url })).statusCode, url).toBeGreaterThanOrEqual(400)
  }
  await app.close()
})

test('the page may talk to this server and to LiveKit alone', async () => {
  const app = await serverWith({ folder, livekitUrl: 'wss://livekit.example.org' })
  const { headers } = await app.inject({ url: '/' })
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';script-src 'self';style-src 'self';img-src 'self';media-src 'self' blob:;" +
      "connect-src 'self' wss://livekit.example.org https://livekit.example.org;" +
      "base-uri 'none';form-action 'self';frame-ancestors 'none'",
  )
  expect(headers).toMatchObject({
    'permissions-policy': 'microphone=(self), display-capture=(self)',
    'x-content-type-options': 'nosniff',
  })
  expect((await app.inject({ url: '/assets/index-B1.js' })).headers['x-content-type-options']).toBe('nosniff')
  await app.close()
})

test('a LiveKit server on this machine is talked to without TLS', async () => {
  const app = await serverWith({ folder, livekitUrl: 'ws://127.0.0.1:7880' })
  const { headers } = await app.inject({ url: '/' })
  expect(headers['content-security-policy']).toContain("connect-src 'self' ws://127.0.0.1:7880 http://127.0.0.1:7880;")
  await app.close()
})

test('every page, every file and every answer that there is none has the headers, and https alone is told to stay', async () => {
  for (const overHttps of [false, true]) {
    const app = await serverWith({ folder, livekitUrl: undefined, overHttps })
    const urls = ['/', '/screen', '/staff', '/staff/calls/CA1', '/staff/api/none', '/assets/index-B1.js']
    for (const url of urls)
      for (const method of ['GET', 'HEAD'] as const) {
        const { headers } = await app.inject({ method, url, headers: { 'accept-encoding': 'br' } })
        expect(headers, url).toMatchObject({
          'content-security-policy': expect.stringMatching(/^default-src 'none';.*;frame-ancestors 'none'$/),
          'permissions-policy': 'microphone=(self), display-capture=(self)',
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
          'cross-origin-resource-policy': 'same-origin',
        })
        expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/)
        expect(headers['strict-transport-security'], url).toBe(overHttps ? 'max-age=15768000' : undefined)
      }
    await app.close()
  }
})

test('where the page is not built it says how to build it', async () => {
  const app = await serverWith({ folder: join(folder, 'none'), livekitUrl: undefined })
  const answer = await app.inject({ url: '/' })
  expect(answer.statusCode).toBe(503)
  expect(answer.body).toContain('npm run page')
  await app.close()
})
