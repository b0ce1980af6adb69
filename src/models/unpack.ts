import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { unpackTar } from 'modern-tar'

/** Takes files out of a tarball whose SHA-256 is known. Rejects with an Error when one is not there or it is damaged. */
export async function unpack(
  tarball: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  // What fails on the way is seen by whoever reads.
  const plain = pipeline(createReadStream(tarball, { signal }), createGunzip(), () => undefined)
  const entries = await unpackTar(Readable.toWeb(plain) as ReadableStream<Uint8Array>, {
    filter: ({ name }) => paths.includes(name),
  })
  const files = new Map(entries.map(({ header, data }) => [header.name, data ?? new Uint8Array()]))
  for (const path of paths) if (!files.has(path)) throw new Error(`the tarball has no ${path}`)
  return files
}
