// What `npm run api` writes: each module that package.json exports, and nothing else, as Markdown in dist/api.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const checkout = fileURLToPath(new URL('../..', import.meta.url))
const { exports, version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'))

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'Partyline',
  entryPoints: Object.values(exports).map(path => join(checkout, path)),
  tsconfig: join(checkout, 'tsconfig.json'),
  basePath: checkout,
  out: join(checkout, 'dist/api'),
  plugin: [
    'typedoc-plugin-markdown',
    'typedoc-plugin-missing-exports',
    fileURLToPath(new URL('./named-as-imported.mjs', import.meta.url)),
  ],
  // Types that the exported ones are made of stand beside them, though they cannot be imported.
  placeInternalsInOwningModule: true,
  readme: 'none',
  includeVersion: true,
  disableSources: true,
  excludeExternals: true,
  // TypeScript 7 has checked them.
  skipErrorChecking: true,
  treatWarningsAsErrors: true,
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: false, unusedMergeModuleWith: true },
  entryFileName: 'index.md',
}
