import { createHash } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { packTar } from 'modern-tar'
import { onTestFinished } from 'vitest'
import type { KnownFile, KnownModel } from '../../src/models/known-models.ts'
import type { Network } from '../../src/network.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import type { FakeClock } from '../fakes/clock.ts'

const random = seeded(7)
const bytes = (count: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: count }, () => Math.floor(random() * 256)))
export const about = (name: string, content: Buffer): KnownFile => ({
  ...{ name, bytes: content.length },
  sha256: createHash('sha256').update(content).digest('hex'),
})

export const ENCODER = bytes(30_000)
export const DECODER = bytes(50_000)
export const TARBALL_URL = 'https://registry.test/ears.tgz'
const HUB = 'https://hub.test/ears'

const file = (name: string, body: Buffer) => ({ header: { name, size: body.length, type: 'file' as const }, body })
export const TARBALL = gzipSync(
  await packTar([
    file('package/package.json', Buffer.from('{}')),
    file('package/model/encoder.onnx', ENCODER),
    file('package/model/decoder.onnx', DECODER),
  ]),
)

/** A model of 80 KB that comes as the ears do. */
export const SMALL: KnownModel = {
  name: 'small',
  title: 'A small model',
  licence: 'MIT',
  thanksToIt: 'It can be tried now.',
  npm: { ...about('@vendor/ears', TARBALL), version: '1.2.3' },
  files: [
    { ...about('encoder.onnx', ENCODER), inTarball: 'package/model/encoder.onnx', url: `${HUB}/encoder.onnx` },
    { ...about('decoder.onnx', DECODER), inTarball: 'package/model/decoder.onnx', url: `${HUB}/decoder.onnx` },
  ],
}

export const HUB_FILES: Readonly<Record<string, Buffer>> = {
  [`${HUB}/encoder.onnx`]: ENCODER,
  [`${HUB}/decoder.onnx`]: DECODER,
}

export interface Request {
  readonly url: string
  /** The first byte that is asked for; undefined without a range. */
  readonly from: number | undefined
  readonly signal: AbortSignal
}

/** Servers in memory, which answer each request as the test says. */
export function network(answer: (request: Request, count: number) => Response | Promise<Response>) {
  const requests: Request[] = []
  const fetch: Network['fetch'] = async (input, init) => {
    const range = new Headers(init?.headers).get('range')
    const request = {
      url: String(input),
      from: range === null ? undefined : Number(/^bytes=(\d+)-$/.exec(range)?.[1]),
      signal: init?.signal ?? new AbortController().signal,
    }
    requests.push(request)
    return answer(request, requests.length)
  }
  return { requests, network: { fetch } satisfies Network }
}

/** The answer of a server that can send from the middle. */
export const ranged = (content: Buffer, { from }: Request): Response =>
  from === undefined
    ? new Response(Uint8Array.from(content))
    : new Response(Uint8Array.from(content.subarray(from)), {
        status: 206,
        headers: { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` },
      })

/** A body of which the connection is cut after so many bytes, or in which nothing more comes. */
export function cutAfter(content: Buffer, from: number, count: number, how: 'cut' | 'stalls', signal?: AbortSignal) {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Uint8Array.from(content.subarray(from, from + count)))
      signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true })
    },
    pull(controller) {
      if (how === 'cut') controller.error(new TypeError('terminated'))
    },
  })
}

export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'models-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Lets virtual time pass until the work has settled. Files are real: each step waits for the disk, so that time does not
 * run away from what is written.
 */
export async function settled<T>(work: Promise<T>, clock: FakeClock): Promise<T> {
  let isSettled = false
  const done = (): void => {
    isSettled = true
  }
  work.then(done, done)
  while (!isSettled) {
    for (let looks = 0; looks < 3; looks++) await stat(tmpdir())
    await clock.advance(250)
  }
  return work
}
