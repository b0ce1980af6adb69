import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Beside what other tools keep there; `npm ci` empties it. */
export const KEPT_IN = fileURLToPath(new URL('../../../node_modules/.cache/compare-ears/', import.meta.url))

/** A file of the Python package index, to the byte. */
export interface PypiFile {
  readonly name: string
  readonly version: string
  readonly kind: 'source' | 'wheel'
  readonly file: string
  readonly sha256: string
}

/**
 * The path of such a file, fetched once by pip, whose own settings say where from. Nothing of it is installed. Rejects
 * with an Error that says what is missing where there is no Python, no index, or another file.
 */
export async function pypiFile(wanted: PypiFile, signal: AbortSignal): Promise<string> {
  const path = join(KEPT_IN, wanted.file)
  if ((await sha256Of(path)) === wanted.sha256) return path
  const folder = join(KEPT_IN, `${wanted.name}.part`)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const list = join(folder, 'wanted.txt')
  await writeFile(list, `${wanted.name}==${wanted.version} --hash=sha256:${wanted.sha256}\n`)
  const form = wanted.kind === 'source' ? '--no-binary' : '--only-binary'
  const options = ['--quiet', '--no-deps', '--require-hashes', form, wanted.name, '--dest', folder, '-r', list]
  try {
    await run(await pip(signal), ['download', ...options], { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`pip cannot fetch ${wanted.name} ${wanted.version}: ${lastLines(cause)}`, { cause })
  }
  await rename(join(folder, wanted.file), path)
  await rm(folder, { recursive: true, force: true })
  return path
}

/** A pip of our own: many a system has a Python without one. */
async function pip(signal: AbortSignal): Promise<string> {
  const folder = join(KEPT_IN, 'python')
  const program = join(folder, 'bin', 'pip')
  const works = await run(program, ['--version'], { signal }).catch(() => undefined)
  signal.throwIfAborted()
  if (works) return program
  try {
    await run('python3', ['-m', 'venv', '--clear', folder], { signal })
  } catch (cause) {
    signal.throwIfAborted()
    throw new Error(`python3 with its module venv is needed (Debian: python3-venv): ${lastLines(cause)}`, { cause })
  }
  return program
}

async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}

function lastLines(cause: unknown): string {
  const text = cause instanceof Error && 'stderr' in cause && cause.stderr ? String(cause.stderr) : String(cause)
  return text.trim().split('\n').slice(-5).join('\n')
}
