import { join } from 'node:path'
import type { InlineConfig } from 'vite'

const ROOT = import.meta.dirname
/** Where the built pages go. */
export const OUT = join(ROOT, '../../dist/web')

/** The page for callers, the console for staff, and the softphone that the sandbox serves. */
export const PAGES = ['index', 'staff', 'softphone'] as const

/**
 * How a page is built. Each is built by itself: shared pieces would be cut for both, and the callers' page would come in
 * more files and be bigger for what it does not use.
 */
export const settingsOf = (page: (typeof PAGES)[number]) =>
  ({
    ...{ root: ROOT, base: '/', configFile: false, logLevel: 'warn', envDir: false, publicDir: false },
    build: {
      ...{ outDir: OUT, emptyOutDir: page === PAGES[0], target: 'es2022', assetsDir: 'assets' },
      // Links in the page's own rules for what it loads allow no `data:`.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(ROOT, `${page}.html`) },
      // LiveKit's client alone is more than what is warned of. It is loaded behind the button.
      chunkSizeWarningLimit: 1_000,
    },
  }) satisfies InlineConfig
