import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock as clock } from '../../src/clock.ts'
import { edited, type Step, stepsOf } from './steps.ts'

/**
 * `npm run quickstart`: makes the package, and does in an empty folder what docs/quickstart.md says, as it is written. Fails where a
 * step fails, or where something is not seen that the document shows. The folder's name has a space, as people's folders have.
 */
const CHECKOUT = join(import.meta.dirname, '../..')
const DOCUMENT = join(CHECKOUT, 'docs/quickstart.md')
const SEEN_WITHIN_MS = 60_000
const LOOKS_EVERY_MS = 100
const run = promisify(execFile)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const { signal } = new AbortController()

interface Reader {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  cwd: string
  /** What the last step has printed. */
  printed: string
  goingOn: { readonly child: ChildProcess; printed: string } | undefined
}

async function quickstart(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline quickstart '))
  const startedMs = clock.now()
  try {
    await run('npm', ['run', 'build'], { cwd: CHECKOUT })
    const { stdout } = await run('npm', ['pack', './dist/package', '--pack-destination', folder, '--json'], {
      cwd: CHECKOUT,
    })
    const [{ filename, size, entryCount }] = JSON.parse(stdout)
    say(`${since(startedMs)}  packed: ${filename}, ${entryCount} files, ${(size / 1e6).toFixed(1)} MB`)
    const settings = { PARTYLINE: join(folder, filename), PORT: String(await freePort()), LOG_LEVEL: 'warn' }
    const reader: Reader = {
      folder,
      cwd: folder,
      printed: '',
      goingOn: undefined,
      env: { ...ownEnvironment(), ...settings },
    }
    try {
      for (const step of stepsOf(await readFile(DOCUMENT, 'utf8'))) {
        say(`${since(startedMs)}  line ${step.line}: ${titleOf(step)}`)
        await take(step, reader).catch(cause => {
          const shown = [reader.printed, reader.goingOn?.printed ?? ''].join('\n---\n')
          throw new Error(
            `docs/quickstart.md:${step.line}: ${cause instanceof Error ? cause.message : cause}\n${shown}`,
            { cause },
          )
        })
      }
    } finally {
      await stop(reader)
    }
    say(`${since(startedMs)}  docs/quickstart.md holds, every step of it`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As in a newcomer's shell, but with this Node. Keys of whoever runs this stay out, as npm's settings of the checkout do. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, LANG } = process.env
  return { PATH, HOME, TMPDIR, LANG }
}

const since = (startedMs: number): string => `${((clock.now() - startedMs) / 1_000).toFixed(1).padStart(6)} s`

function titleOf(step: Step): string {
  switch (step.kind) {
    case 'run':
      return step.script.split('\n').join(' ; ').slice(0, 120)
    case 'edit':
      return `${step.file} is changed`
    case 'see':
      return `is seen: ${step.texts.join(' / ').slice(0, 110)}`
  }
}

async function take(step: Step, reader: Reader): Promise<void> {
  switch (step.kind) {
    case 'run':
      return step.goesOn ? goOn(step.script, reader) : runToEnd(step.script, reader)
    case 'edit': {
      const file = join(reader.cwd, step.file)
      return writeFile(file, edited(await readFile(file, 'utf8'), step.text))
    }
    case 'see':
      return see(step.texts, () => (step.ofWhatGoesOn ? (reader.goingOn?.printed ?? '') : reader.printed))
  }
}

async function runToEnd(script: string, reader: Reader): Promise<void> {
  reader.printed = ''
  const where = join(reader.folder, 'where')
  const child = shell(`${script}\npwd > "${where}"`, reader, text => {
    reader.printed += text
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  if (code !== 0) throw new Error(`it ended with ${code}`)
  reader.cwd = (await readFile(where, 'utf8')).trim()
}

/** What it prints is seen by the next step; it is stopped at the end. */
async function goOn(script: string, reader: Reader): Promise<void> {
  reader.printed = ''
  const goingOn = {
    printed: '',
    child: shell(`exec ${script}`, reader, text => {
      goingOn.printed += text
      reader.printed += text
    }),
  }
  reader.goingOn = goingOn
}

function shell(script: string, { cwd, env }: Reader, print: (text: string) => void): ChildProcess {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child.stdout.setEncoding('utf8').on('data', print)
  child.stderr.setEncoding('utf8').on('data', print)
  return child
}

async function see(texts: readonly string[], printed: () => string): Promise<void> {
  const untilMs = clock.now() + SEEN_WITHIN_MS
  const missing = (): string | undefined => texts.find(text => !printed().includes(text))
  while (missing() !== undefined) {
    if (clock.now() > untilMs) throw new Error(`"${missing()}" is not seen`)
    await clock.sleep(LOOKS_EVERY_MS, signal)
  }
}

/** Ctrl-C, as whoever has read the document would end it. */
async function stop({ goingOn }: Reader): Promise<void> {
  if (!goingOn || goingOn.child.exitCode !== null) return
  const ended = new Promise<number | null>(resolve => goingOn.child.once('exit', resolve))
  // A terminal sends it to all that it runs.
  process.kill(-(goingOn.child.pid ?? 0), 'SIGINT')
  const code = await ended
  if (code !== 0) throw new Error(`what went on ended with ${code} at Ctrl-C:\n${goingOn.printed}`)
}

/** One for the server, and for those that ring it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

await quickstart()
