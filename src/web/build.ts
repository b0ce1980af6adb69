import { OUT, PAGES, settingsOf } from './build-settings.ts'
import { compress } from './compress.ts'

/**
 * Builds the pages into dist/web: the package's `prepare`, so `npm ci` runs it. Where development packages are left out
 * (`npm ci --omit=dev`) there is nothing to build with, and it says so without failing.
 */
const vite = await import('vite').catch((error: NodeJS.ErrnoException) => {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
  throw error
})
if (vite) {
  for (const page of PAGES) await vite.build(settingsOf(page))
  const { gzip, brotli } = await compress(OUT)
  const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(0)
  console.info(`The pages are built: ${kilobytes(brotli)} KB in all with brotli, ${kilobytes(gzip)} KB with gzip`)
} else {
  console.info('The pages are not built: development packages are left out. Install them, then: npm run page')
}
