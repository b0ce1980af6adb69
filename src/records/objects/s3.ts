import { openAsBlob } from 'node:fs'
import { AwsV4Signer } from 'aws4fetch'
import type { Clock } from '../../conversation/ports.ts'
import { type Scope, scopeOf, within } from '../../conversation/scope.ts'
import type { Network } from '../../network.ts'

export interface S3Settings {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface StoredObject {
  readonly key: string
  readonly bytes: number
  readonly modified: Date
}

/** A bucket of an S3-compatible store. Keys have letters, digits and `._/-` alone. Each throws an Error that says why. */
export interface ObjectStore {
  /** Sends a file. The store checks that it has this SHA-256. */
  put(key: string, file: string, sha256: string, signal: AbortSignal): Promise<void>
  /** Undefined where there is no such object. `to` is not included. */
  get(
    key: string,
    range: { readonly from: number; readonly to: number } | undefined,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array> | undefined>
  list(prefix: string, signal: AbortSignal): AsyncIterable<StoredObject>
  /** Deletes it, if it is there. */
  delete(key: string, signal: AbortSignal): Promise<void>
}

/** The store answers that it does not do this. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal'
  /** Of HTTP. */
  readonly status: number
  /** S3's own; empty where it was not S3 that answered, but something on the way to it. */
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
/** A store that does not answer within this time counts as away, beyond what sending takes over a slow line. */
const ANSWER_MS = 15_000
/** A line of 256 kbit/s: ten minutes for the recording of a call of ten. */
const SLOW_BYTES_PER_MS = 32
const LETTERS_OF_ANSWER = 500

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The bucket at these settings, in path style, which all such stores know. */
export function s3Store(settings: S3Settings, clock: Clock, network: Network): ObjectStore {
  const base = `${settings.endpoint}/${settings.bucket}`

  async function request(
    method: string,
    path: string,
    { sha256 = EMPTY_SHA256, body, range }: { sha256?: string; body?: Blob; range?: string },
    signal: AbortSignal,
  ): Promise<Response> {
    const { url, headers } = await new AwsV4Signer({
      ...{ method, url: `${base}${path}`, service: 's3', region: settings.region },
      headers: { 'x-amz-content-sha256': sha256, ...(range && { range }) },
      datetime: clock
        .wallTime()
        .toISOString()
        .replaceAll(/[:-]|\.\d{3}/g, ''),
      ...{ accessKeyId: settings.accessKeyId, secretAccessKey: settings.secretAccessKey },
    }).sign()
    return network.fetch(url, { method, headers, ...(body && { body }), signal })
  }

  /** Asks, and reads the answer to its end. */
  const ask = (
    method: string,
    path: string,
    given: Parameters<typeof request>[2],
    signal: AbortSignal,
  ): Promise<Answer> =>
    within(
      ANSWER_MS + Math.ceil((given.body?.size ?? 0) / SLOW_BYTES_PER_MS),
      `${method} at the object store`,
      clock,
      async limit => {
        const response = await request(method, path, given, limit)
        return { status: response.status, headers: response.headers, text: await response.text() }
      },
      signal,
    )

  return {
    async put(key, file, sha256, signal) {
      checked(await ask('PUT', `/${key}`, { sha256, body: await openAsBlob(file) }, signal), 'PUT')
    },
    async get(key, range, signal) {
      // The limit is for the beginning of the answer: whoever reads it takes their time.
      const reading = scopeOf(signal)
      const bytes = range && `bytes=${range.from}-${range.to - 1}`
      const begun = () => request('GET', `/${key}`, { ...(bytes && { range: bytes }) }, reading.signal)
      try {
        const response = await within(ANSWER_MS, 'GET at the object store', clock, begun, signal)
        if (response.ok) return bodyOf(response, reading)
        const text = await response.text()
        reading.release()
        if (response.status === 404) return undefined
        throw refused(response.status, text, 'GET')
      } catch (error) {
        reading.abort(error)
        throw error
      }
    },
    async *list(prefix, signal) {
      let token: string | undefined
      do {
        const query = new URLSearchParams({ 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) })
        const { text } = checked(await ask('GET', `?${query}`, {}, signal), 'LIST')
        for (const [, content = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs))
          yield {
            key: inTag(content, 'Key'),
            bytes: Number(inTag(content, 'Size')),
            modified: new Date(inTag(content, 'LastModified')),
          }
        token = inTag(text, 'NextContinuationToken') || undefined
      } while (token !== undefined)
    },
    async delete(key, signal) {
      const answer = await ask('DELETE', `/${key}`, {}, signal)
      if (answer.status !== 404) checked(answer, 'DELETE')
    },
  }
}

/** The answer, if it is a good one. */
function checked<Given extends Answer>(answer: Given, what: string): Given {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw refused(answer.status, answer.text, what)
}

function refused(status: number, text: string, what: string): StoreRefusal {
  const code = /<Code>([^<]{1,100})</.exec(text.slice(0, LETTERS_OF_ANSWER))?.[1] ?? ''
  return new StoreRefusal(status, code, `the object store refuses ${what}: ${status} ${code}`.trim())
}

const inTag = (xml: string, tag: string): string => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? ''

async function* bodyOf(response: Response, reading: Scope): AsyncGenerator<Uint8Array> {
  try {
    if (response.body) yield* response.body as unknown as AsyncIterable<Uint8Array>
  } finally {
    reading.abort(new Error('nobody reads it any more'))
  }
}
