import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import { OUT, PAGES, settingsOf } from './build-settings.ts'

/**
 * Builds the pages into dist/web: the package's `prepare`, so `npm ci` runs it. Where development packages are left out
 * (`npm ci --omit=dev`) there is nothing to build with, and it says so without failing.
 */
/** Smaller files gain nothing. */
const LEAST_BYTES = 512

const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
  throw error
})
if (vite) {
  for (const page of PAGES) await vite.build(settingsOf(page))
  await compress()
} else {
  console.info('The pages are not built: development packages are left out. Install them, then: npm run page')
}

/** Beside each file its compressed forms, so that no request waits for them. Prints what is sent in all. */
async function compress(): Promise<void> {
  const names = await readdir(OUT, { recursive: true, withFileTypes: true })
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
  const kilobytes = (kind: 'gzip' | 'brotli'): string =>
    (sent.reduce((sum, some) => sum + some[kind], 0) / 1_000).toFixed(0)
  console.info(`The pages are built: ${kilobytes('brotli')} KB in all with brotli, ${kilobytes('gzip')} KB with gzip`)
}
