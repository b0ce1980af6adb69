import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { healthProblem } from '../../src/health-check/health-check.ts'
import { download } from '../../src/models/download.ts'
import { systemNetwork as network } from '../../src/network.ts'
import { CATALOGUE, entryOf, namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'
import type { Port, Ports, SpeechParts } from '../../src/providers/entry.ts'
import { answerOf } from '../../src/providers/speaking/account-answer.ts'
import { transcriptions } from '../../src/providers/whisper/transcription.ts'
import { s3Store } from '../../src/records/objects/s3.ts'
import { oidcOf } from '../../src/staff/sign-in/oidc.ts'
import { httpFetch } from '../../src/tools/links/http-fetch.ts'
import { loudnessDetector } from '../providers/in-virtual-time/loudness-detector.ts'
import { privateUrls } from './corpus.ts'
import { watchedSockets } from './watched-sockets.ts'

const STATUSES = [301, 302, 303, 307, 308] as const
const KEY = 'a-key-that-no-other-host-may-see'
/** For one that hangs. */
const LEFT_AFTER_MS = 120_000

/** A vendor that sends whoever asks it on to a private address: with the status that the path begins with. */
async function sendingOn() {
  const inside = await watchedSockets()
  const targets = ['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'].map(
    host => `http://${host}:${inside.port}/`,
  )
  let asked = 0
  const vendor = createServer((request, response) => {
    const status = Number(request.url?.split('/')[1]) || 302
    response.writeHead(status, { location: targets[asked++ % targets.length] }).end('{}')
    request.resume()
  })
  vendor.on('upgrade', (request, socket) => {
    socket.on('error', () => undefined)
    const status = Number(request.url?.split('/')[1]) || 302
    socket.end(
      `HTTP/1.1 ${status} Moved\r\nlocation: ${targets[asked++ % targets.length]}\r\nconnection: close\r\n\r\n`,
    )
  })
  vendor.listen(0, '127.0.0.1')
  await once(vendor, 'listening')
  onTestFinished(async () => {
    vendor.closeAllConnections()
    vendor.close()
    await inside.close()
  })
  return { inside, asked: () => asked, url: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}` }
}

const ignore = (): undefined => undefined
const silent = { info: ignore, warn: ignore, quote: ignore }

/** Uses a provider once; whatever it throws is all right. */
async function use<P extends Port>(port: P, name: string, base: string, signal: AbortSignal): Promise<void> {
  const entry = entryOf(port, name)
  if (!entry) throw new Error(`there is no ${name}`)
  const values = Object.fromEntries(
    Object.entries(entry.settings).map(([role, spec]) => [
      role,
      spec.kind === 'secret' ? KEY : spec.kind === 'url' ? base : (spec.default ?? 'some'),
    ]),
  )
  const parts: SpeechParts = {
    clock,
    network,
    voiceActivity: loudnessDetector,
    local: { ears: undefined, voice: undefined },
  }
  const provider: unknown = await (await entry.load())(values, parts as never)
  const call = { callId: 'CA1', rateHz: 8_000, language: 'en', traceparent: undefined, signal } as const
  async function* text() {
    yield 'Good morning.'
  }
  async function* sound() {
    for (let frame = 0; frame < 5; frame++)
      yield { pcm: new Int16Array(160).fill(8_000), rateHz: 8_000, atMs: clock.now() }
    yield 'flush' as const
  }
  async function* stream(): AsyncGenerator<unknown> {
    switch (port as Port) {
      case 'STT':
        return yield* (provider as Ports['STT']).forCall(call).transcribe(sound(), signal)
      case 'LLM':
        return yield* (provider as Ports['LLM'])
          .forCall(call)
          .reply({ instructions: 'x', history: [{ role: 'caller', text: 'Hello.' }], tools: [] }, signal)
      case 'TTS':
        return yield* (provider as Ports['TTS']).forCall(call).speak(text(), signal)
    }
  }
  for await (const _ of stream());
}

test('no vendor sends a request on to a private address, by any redirect, from any client that we have', async () => {
  const { inside, asked, url } = await sendingOn()
  const signal = AbortSignal.timeout(LEFT_AFTER_MS)
  const folder = await mkdtemp(join(tmpdir(), 'redirects-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const s3 = { bucket: 'bucket', region: 'x', accessKeyId: 'AK', secretAccessKey: KEY }
  const tried: string[] = []
  const others = (base: string, status: number): readonly (readonly [string, () => Promise<unknown>])[] => [
    ['fetch', () => network.fetch(base, { headers: { 'xi-api-key': KEY }, redirect: 'follow', signal })],
    ['an account', () => answerOf('vendor', { url: base, headers: { 'xi-api-key': KEY } }, { clock, network }, signal)],
    ['the object store', () => s3Store({ ...s3, endpoint: base }, clock, network).get('a', undefined, signal)],
    ['the health check', () => healthProblem(base, { clock, network }, signal)],
    [
      'whisper’s transcription',
      () =>
        transcriptions({ title: 'Whisper', apiKey: KEY, baseUrl: base, model: 'm' }, network)(
          { pcm: new Int16Array(1_600), language: 'en' } as never,
          signal,
        ),
    ],
    ['a server of tools', () => httpFetch(base, { clock, log: silent }).fetch(base, { signal })],
    [
      'a model’s file',
      () =>
        download(
          base,
          join(folder, `${status}`),
          { bytes: 2, sha256: 'x' } as never,
          { network, clock, progress: () => undefined },
          signal,
        ),
    ],
    [
      'OpenID Connect',
      () =>
        oidcOf({
          ...{
            issuer: base,
            clientId: 'us',
            clientSecret: KEY,
            backUrl: 'http://localhost/back',
            fetch: network.fetch,
          },
          ...{ rules: { supervisors: [], listeners: ['*'] }, wallTime: () => new Date() },
        }).start(),
    ],
  ]
  await Promise.all(
    STATUSES.flatMap(status => {
      const base = `${url}/${status}`
      const ofVendors = PORTS.flatMap(port =>
        namesOf(port)
          .filter(name => Object.values(entryOf(port, name)?.settings ?? {}).some(({ kind }) => kind === 'url'))
          .map(name => [`${port} ${name}`, () => use(port, name, base, signal)] as const),
      )
      return [...others(base, status), ...ofVendors].map(async ([name, act]) => {
        await act().catch(() => undefined)
        tried.push(name)
      })
    }),
  )
  expect(new Set(tried).size).toBeGreaterThan(25)
  expect(Object.keys(CATALOGUE)).toEqual([...PORTS])
  expect(asked()).toBeGreaterThan(5 * 20)
  expect(inside.connections()).toBe(0)
})

test('a provider of identities that names private addresses has none of them asked', async () => {
  const inside = await watchedSockets()
  onTestFinished(() => inside.close())
  const issuer = 'https://identity.example'
  for (const url of privateUrls(inside.port)) {
    const asked: string[] = []
    const oidc = oidcOf({
      ...{ issuer, clientId: 'us', clientSecret: KEY, backUrl: 'https://we.example/back', wallTime: () => new Date() },
      rules: { supervisors: [], listeners: ['*'] },
      async fetch(input) {
        asked.push(String(input))
        return Response.json({
          ...{
            issuer,
            authorization_endpoint: `${issuer}/auth`,
            token_endpoint: url,
            jwks_uri: url,
            userinfo_endpoint: url,
          },
          ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
        })
      },
    })
    const begun = await oidc.start().catch(() => undefined)
    const state = begun && new URL(begun.url).searchParams.get('state')
    if (begun) await oidc.finish(`?code=x&state=${state}&iss=${encodeURIComponent(issuer)}`, begun.kept)
    const hosts = asked.map(one => new URL(one).hostname)
    // A name outside may be asked, by https, whoever it leads to: the connection ends where nobody has its certificate.
    expect([
      url,
      hosts.filter(host => host !== 'identity.example' && !/[a-z]\.(?:io|us|me|net|ms)$/.test(host)),
    ]).toEqual([url, []])
    expect(asked.every(one => one.startsWith('https:'))).toBe(true)
  }
  expect(inside.opened()).toBe(0)
})
