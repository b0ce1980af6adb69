import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import packageJson from '../../package.json' with { type: 'json' }
import { COMMAND_NAMES } from '../command/names.ts'
import { compress } from '../web/compress.ts'
import { withBuiltNames, withOwnCommand } from './emitted.ts'
import { packedManifest } from './manifest.ts'

/**
 * `npm run build`: makes the folder dist/package, of which `npm pack ./dist/package` makes the tarball. It is laid out as the
 * checkout is, so that what is found beside a module is found there, too; in place of TypeScript it has JavaScript and
 * declarations, because Node strips no types under node_modules.
 */
const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url))
const OUT = join(CHECKOUT, 'dist/package')
/** Files that code reads, and what people read. */
const COPIED = [
  'twiml',
  'fixtures/calls',
  'src/livekit/go',
  'src/turn-end/weights.bin',
  'dist/web',
  'docs',
  '.env.example',
]
const FOR_PEOPLE = ['README.md', 'CHANGELOG.md', 'LICENSE']
const TEXTS = new Set(['.js', '.ts', '.html'])
const COMPRESSED = new Set(['.br', '.gz'])

const isWanted = (path: string): boolean =>
  // Recorded calls are tests of this project.
  !basename(path).startsWith('recorded-') && !COMPRESSED.has(extname(path))

async function build(): Promise<void> {
  await rm(OUT, { recursive: true, force: true })
  await mkdir(OUT, { recursive: true })
  await promisify(execFile)(process.execPath, [compiler(), '-p', 'tsconfig.build.json'], { cwd: CHECKOUT }).catch(
    ({ stdout, message }: { readonly stdout?: string; readonly message: string }) => {
      throw new Error(`The package cannot be compiled:\n${stdout || message}`)
    },
  )
  for (const name of [...COPIED, ...FOR_PEOPLE])
    await cp(join(CHECKOUT, name), join(OUT, name), { recursive: true, filter: isWanted })
  await Promise.all((await filesIn(OUT)).filter(path => TEXTS.has(extname(path))).map(rewrite))
  await compress(join(OUT, 'dist/web'))
  await writeFile(join(OUT, 'package.json'), `${JSON.stringify(packedManifest(packageJson), null, 2)}\n`)
  process.stdout.write(`The package is in dist/package. Its tarball: npm pack ./dist/package\n`)
}

const compiler = (): string => join(CHECKOUT, 'node_modules/typescript/bin/tsc')

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
}

async function rewrite(path: string): Promise<void> {
  const code = await readFile(path, 'utf8')
  const isPage = path.startsWith(join(OUT, 'dist'))
  const named = isPage ? code : withBuiltNames(path, code)
  const own = withOwnCommand(named, COMMAND_NAMES)
  if (own !== code) await writeFile(path, own)
}

await build()
