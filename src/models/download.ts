import { type FileHandle, open, rm } from 'node:fs/promises'
import type { Clock } from '../conversation/ports.ts'
import { quietFor } from '../conversation/quiet.ts'
import { scopeOf } from '../conversation/scope.ts'
import { reasonOf } from '../failure-reason.ts'
import { isAskable, type Network } from '../network.ts'
import type { KnownFile } from './known-models.ts'
import { differenceOf, sizeOf } from './model-folder.ts'

export interface DownloadParts {
  readonly network: Network
  readonly clock: Clock
  /** Is told how many bytes are there, after each piece. */
  readonly progress: (bytes: number) => void
}

/** Whether a server may give the file a moment later: one that cannot be reached is tried once more, as others may be. */
type Again = 'never' | 'once' | 'often'

/** A file could not be had from a server. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError'
  readonly again: Again

  constructor(message: string, again: Again, options?: ErrorOptions) {
    super(message, options)
    this.again = again
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const MOST_HOPS = 5
const MOST_TRIES: Readonly<Record<Again, number>> = { never: 1, once: 2, often: 4 }
const FIRST_WAIT_MS = 1_000
/** A server that sends nothing for so long is given up. */
const STALLED_MS = 30_000

/**
 * Brings a known file to `path`, and goes on where an earlier try ended. Never writes more bytes than the file has. Rejects
 * with DownloadError when the server does not give it, or gives something else; with the system's error when it cannot be
 * written; on abort. What has come so far stays there for the next try, unless it is wrong.
 */
export async function download(
  url: string,
  path: string,
  file: KnownFile,
  parts: DownloadParts,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      const resumed = await fill(url, path, file, parts, signal)
      const wrong = await differenceOf(path, file, signal)
      if (!wrong) return
      await rm(path, { force: true })
      // Half of it may have been of another time or another server.
      throw new DownloadError(
        `what ${hostOf(url)} gives is not what was published: ${wrong}`,
        resumed ? 'once' : 'never',
      )
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof DownloadError && tries < MOST_TRIES[error.again])) throw error
      await parts.clock.sleep(FIRST_WAIT_MS * 2 ** (tries - 1), signal)
    }
  }
}

/**
 * Registries send on to where their files are. Nothing secret is in the request, and what comes is known; but no answer may
 * have this machine ask itself, or its own network.
 */
async function followed(url: string, { fetch }: Network, init: RequestInit): Promise<Response> {
  let at = url
  for (let hops = 0; ; hops++) {
    const response = await fetch(at, init)
    const to = response.headers.get('location')
    if (!REDIRECTS.has(response.status) || to === null || hops === MOST_HOPS) return response
    await response.body?.cancel()
    const next = URL.canParse(to, at) ? new URL(to, at).href : ''
    if (!isAskable(next, at)) throw new DownloadError(`${hostOf(at)} sends on to an address that is not asked`, 'never')
    at = next
  }
}

/** Resolves with whether it began in the middle. */
async function fill(
  url: string,
  path: string,
  { bytes }: KnownFile,
  { network, clock, progress }: DownloadParts,
  signal: AbortSignal,
): Promise<boolean> {
  let had = (await sizeOf(path)) ?? 0
  if (had === bytes) return true
  if (had > bytes) {
    await rm(path)
    had = 0
  }
  const scope = scopeOf(signal)
  let heardMs = clock.now()
  let again: Again = 'once'
  const watch = quietFor(STALLED_MS, clock, scope.signal, () => heardMs).then(
    () => scope.abort(new DownloadError(`${hostOf(url)} sent nothing for ${STALLED_MS / 1_000} s`, again)),
    () => undefined,
  )
  let handle: FileHandle | undefined
  try {
    const response = await followed(url, network, {
      // As it is: what is packed is a part of what is known.
      headers: { 'accept-encoding': 'identity', ...(had > 0 && { range: `bytes=${had}-` }) },
      signal: scope.signal,
    })
    again = 'often'
    const goesOn =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${had}-`) === true
    if (!goesOn && response.status !== 200) {
      await response.body?.cancel()
      const { status } = response
      // It may be the range that it refuses: then the file is asked for from its beginning.
      const isOfRange = had > 0 && !isPassing(status)
      if (isOfRange) await rm(path, { force: true })
      throw new DownloadError(
        `${hostOf(url)} answers ${status}`,
        isOfRange ? 'once' : isPassing(status) ? 'often' : 'never',
      )
    }
    if (!goesOn) had = 0
    const resumed = had > 0
    handle = await open(path, resumed ? 'a' : 'w')
    for await (const chunk of response.body ?? []) {
      heardMs = clock.now()
      had += chunk.length
      if (had > bytes) throw new DownloadError(`${hostOf(url)} sends more than the ${bytes} bytes of the file`, 'never')
      await handle.write(chunk)
      progress(had)
    }
    if (had < bytes)
      throw new DownloadError(`${hostOf(url)} ended the transfer after ${had} of ${bytes} bytes`, 'often')
    await handle.sync()
    return resumed
  } catch (error) {
    signal.throwIfAborted()
    if (scope.signal.aborted) throw scope.signal.reason
    if (error instanceof DownloadError || isOfTheDisk(error)) throw error
    throw new DownloadError(`${hostOf(url)}: ${reasonOf(error)}`, again, { cause: error })
  } finally {
    scope.abort(new Error('the transfer is over'))
    await watch
    await handle?.close()
  }
}

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500
/** Errors of the file system have the path; those of the network have none. */
const isOfTheDisk = (error: unknown): boolean =>
  error instanceof Error &&
  'syscall' in error &&
  /^(?:open|write|fsync|ftruncate|unlink|rm)$/.test(String(error.syscall))
const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the server')
