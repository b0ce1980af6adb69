import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

/** Smaller files gain nothing. */
const LEAST_BYTES = 512

/** Writes the compressed forms of each file beside it, so that no request waits for them. Gives what is sent in all, in bytes. */
export async function compress(folder: string): Promise<Readonly<Record<'gzip' | 'brotli', number>>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const sent = await Promise.all(
    names
      .filter(entry => entry.isFile())
      .map(async entry => {
        const path = join(entry.parentPath, entry.name)
        const bytes = await readFile(path)
        if (bytes.length < LEAST_BYTES) return { gzip: bytes.length, brotli: bytes.length }
        const [zipped, smaller] = await Promise.all([
          promisify(gzip)(bytes, { level: 9 }),
          promisify(brotliCompress)(bytes),
        ])
        await Promise.all([writeFile(`${path}.gz`, zipped), writeFile(`${path}.br`, smaller)])
        return { gzip: zipped.length, brotli: smaller.length }
      }),
  )
  const all = (kind: 'gzip' | 'brotli'): number => sent.reduce((sum, some) => sum + some[kind], 0)
  return { gzip: all('gzip'), brotli: all('brotli') }
}
