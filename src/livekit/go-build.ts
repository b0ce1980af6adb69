import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runChild } from './child.ts'

/** The go.mod and go.sum here say which LiveKit server is built, and hold the checksums of all that goes into it. */
const MODULE = fileURLToPath(new URL('./go', import.meta.url))
const PACKAGE = 'github.com/livekit/livekit-server/cmd/server'
/** The server has about a thousand packages with the standard library's. */
const PACKAGES_A_LINE = 100
const LINES_OF_COMPLAINT = 12

export interface BuildOptions {
  /** The go command. */
  readonly go: string
  /** The folder that keeps what was built. */
  readonly cacheDir: string
  readonly env: NodeJS.ProcessEnv
  readonly progress: (line: string) => void
}

/**
 * The file of a LiveKit server that Go builds. The first time takes minutes and needs Go's module proxy; then it is kept.
 * When it cannot be built, `progress` gets the end of Go's own words,
 * and it rejects with the last of them.
 */
export async function buildLivekit(
  { go, cacheDir, env, progress }: BuildOptions,
  signal: AbortSignal,
): Promise<string> {
  const file = await builtFile(cacheDir)
  if (existsSync(file)) return file
  await mkdir(cacheDir, { recursive: true })
  const folder = await mkdtemp(join(cacheDir, 'build-'))
  try {
    progress('Go builds the LiveKit server, once. It takes some minutes …')
    const built = join(folder, 'livekit-server')
    const args = ['build', '-v', '-mod=readonly', '-buildvcs=false', '-ldflags=-s -w', '-o', built, PACKAGE]
    // No C compiler is needed, and no workspace around this folder counts.
    const goEnv = { ...env, CGO_ENABLED: '0', GOWORK: 'off' }
    const counted = counting(progress)
    const { code, output } = await runChild(go, args, { env: goEnv, cwd: MODULE, onLine: counted }, signal)
    if (code !== 0) {
      const complaint = output.trim().split('\n').slice(-LINES_OF_COMPLAINT)
      for (const line of complaint) progress(`  ${line}`)
      throw new Error(`Go cannot build it: ${complaint.at(-1)}`)
    }
    // Whoever builds at the same time makes the same file: the last one stays.
    await rename(built, file)
    return file
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Where the built server is kept: another version has another name. */
async function builtFile(cacheDir: string): Promise<string> {
  const sums = await readFile(join(MODULE, 'go.sum'))
  return join(cacheDir, `livekit-server-${createHash('sha256').update(sums).digest('hex').slice(0, 12)}`)
}

/** `go build -v` prints a line for each package that it compiles, and one for each module that it downloads. */
function counting(progress: (line: string) => void): (line: string) => void {
  const counts = { downloaded: 0, compiled: 0 }
  return line => {
    const kind = line.startsWith('go: downloading ') ? 'downloaded' : /^[\w.~/-]+$/.test(line) ? 'compiled' : undefined
    if (kind === undefined) return
    counts[kind] += 1
    const things = kind === 'compiled' ? 'packages' : 'modules'
    if (counts[kind] % PACKAGES_A_LINE === 0) progress(`  ${counts[kind]} ${things} ${kind}`)
  }
}
