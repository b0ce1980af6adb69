import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The user's own npm: so their registry, its keys, their proxy and their certificates hold. */
export interface Npm {
  /** Where the tarball of a version is. Rejects with an Error in npm's words. */
  tarballOf(name: string, version: string, signal: AbortSignal): Promise<string>
  /** Brings the tarball into a folder and resolves with its name. No script of it runs. */
  pack(name: string, version: string, folder: string, signal: AbortSignal): Promise<string>
}

const VIEW_WITHIN_MS = 60_000
/** npm itself would try for minutes; there are other ways to the model. */
const TRIED_ONCE_MORE = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000']
const PACK_WITHIN_MS = 600_000
const MOST_LETTERS = 1_000_000
const run = promisify(execFile)

/** `npm run` says where npm is; else it is looked for in the PATH. */
export function systemNpm(environment: Readonly<Record<string, string | undefined>>): Npm {
  const script = environment.npm_execpath
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script)

  async function npm(args: readonly string[], timeout: number, signal: AbortSignal): Promise<string> {
    const options = { timeout, signal, maxBuffer: MOST_LETTERS, killSignal: 'SIGKILL' } as const
    try {
      const { stdout } = isNpm
        ? await run(process.execPath, [script, ...args], options)
        : // Windows finds npm.cmd by a shell alone; none of the words is a stranger's.
          await run('npm', [...args], { ...options, shell: process.platform === 'win32' })
      return stdout
    } catch (error) {
      signal.throwIfAborted()
      throw new Error(whyOf(error), { cause: error })
    }
  }

  return {
    async tarballOf(name, version, signal) {
      const args = ['view', `${name}@${version}`, 'dist.tarball', '--json', ...TRIED_ONCE_MORE]
      const said = await npm(args, VIEW_WITHIN_MS, signal)
      const url: unknown = JSON.parse(said || 'null')
      if (typeof url !== 'string' || !/^https?:/.test(url)) throw new Error(`npm knows no ${name}@${version}`)
      return url
    },
    async pack(name, version, folder, signal) {
      const args = ['pack', `${name}@${version}`, '--ignore-scripts', '--json', '--pack-destination', folder]
      const said: unknown = JSON.parse(await npm(args, PACK_WITHIN_MS, signal))
      const file: unknown = Array.isArray(said) ? said[0]?.filename : undefined
      // Older versions of npm say the name of a scoped package with its slash, and write it without.
      if (typeof file !== 'string') throw new Error('npm pack did not say what it has written')
      return file.replace(/^@/, '').replace('/', '-')
    },
  }
}

/** npm's own reason: its lines begin with "npm error". */
function whyOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'there is no npm in the PATH'
  if (error instanceof Error && 'killed' in error && error.killed) return 'npm took too long'
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
  const lines = stderr
    .split('\n')
    .flatMap(line => /^npm (?:error|ERR!) (?!code|A complete log)(.+)/.exec(line)?.[1] ?? [])
  return lines[0] ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
}
