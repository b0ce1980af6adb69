import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import type { Settings } from '../config.ts'
import { makeFilePrivate, makePrivate, PRIVATE_FILE, PRIVATE_FOLDER } from '../private-files.ts'
import { postgresEnvironment } from './postgres-environment.ts'

const FORMAT = 1
const ABOUT = 'backup.json'
const CALLS = 'calls'
const COPY_TRIES = 5
const FILES = { sqlite: 'database.sqlite', postgres: 'database.dump' } as const
const about = z.object({ format: z.literal(FORMAT), kind: z.enum(['sqlite', 'postgres']), at: z.string() })

/** The backup cannot be made or restored. The message is for who asked for it. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

export interface Where extends Pick<Settings, 'DATABASE_URL' | 'DATA_DIR'> {
  /** Where PostgreSQL's programs are looked for, as in PATH. */
  readonly path: string
}

const kindOf = (url: string): keyof typeof FILES => (url.startsWith('sqlite:') ? 'sqlite' : 'postgres')
function sqliteFile(url: string): string {
  const file = url.slice('sqlite:'.length)
  if (file === ':memory:') throw new BackupError('a database in memory has no backup')
  return resolve(file)
}

/**
 * Copies the database and the calls' folders into a new or empty folder, while servers run. The database comes first: a
 * call without a row is indexed at the next start. What is in an S3 store stays there alone.
 */
export async function backUp(where: Where, to: string, at: Date, signal: AbortSignal): Promise<void> {
  await mkdir(to, { recursive: true, mode: PRIVATE_FOLDER })
  if ((await readdir(to)).length > 0) throw new BackupError(`${to} is not empty: a backup needs a folder of its own`)
  const kind = kindOf(where.DATABASE_URL)
  const file = join(to, FILES[kind])
  makeFilePrivate(file)
  if (kind === 'postgres') await postgres('pg_dump', where, ['--format=custom', `--file=${file}`], signal)
  else await copySqlite(sqliteFile(where.DATABASE_URL), file)
  signal.throwIfAborted()
  await copyCalls(join(where.DATA_DIR, CALLS), join(to, CALLS), signal)
  // Last: a folder without it is no whole backup.
  const text = JSON.stringify({ format: FORMAT, kind, at: at.toISOString() })
  await writeFile(join(to, ABOUT), text, { mode: PRIVATE_FILE })
}

/** Puts a backup where nothing is yet. Throws BackupError, with nothing changed, where something is there already. */
export async function restoreFrom(from: string, where: Where, signal: AbortSignal): Promise<void> {
  const { kind } = await readAbout(from)
  const wanted = kindOf(where.DATABASE_URL)
  if (kind !== wanted) throw new BackupError(`the backup is one of ${kind}, and DATABASE_URL is ${wanted}`)
  const calls = join(where.DATA_DIR, CALLS)
  if ((await entries(calls)).length > 0)
    throw new BackupError(`${calls} is not empty: a restore needs an empty DATA_DIR`)
  const file = join(from, FILES[kind])
  if (kind === 'postgres') {
    // In one transaction, and without dropping anything: a database that has these tables already stays as it is.
    const options = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-privileges', file]
    await postgres('pg_restore', where, options, signal)
  } else {
    const target = sqliteFile(where.DATABASE_URL)
    if ((await entries(dirname(target))).some(name => name.startsWith(basename(target))))
      throw new BackupError(`${target} is there already: a restore needs an empty database`)
    await mkdir(dirname(target), { recursive: true, mode: PRIVATE_FOLDER })
    makeFilePrivate(target)
    await copySqlite(file, target)
  }
  await copyCalls(join(from, CALLS), calls, signal)
}

/** SQLite's own way to copy a database that is being written to. */
async function copySqlite(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true })
  try {
    // What is written meanwhile would make it begin anew, again and again: it copies what was there at this moment.
    source.exec('begin')
    source.prepare('select count(*) from sqlite_master').get()
    await backup(source, to)
  } finally {
    source.close()
  }
}

async function copyCalls(from: string, to: string, signal: AbortSignal): Promise<void> {
  await mkdir(to, { recursive: true, mode: PRIVATE_FOLDER })
  for (const name of await entries(from)) {
    signal.throwIfAborted()
    await copyCall(join(from, name), join(to, name))
  }
  await makePrivate(to, error => Promise.reject(error), signal)
}

/** Files of a call that is being sealed are renamed; retention, or the caller's wish, may delete all of it meanwhile. */
async function copyCall(from: string, to: string): Promise<void> {
  const options = { recursive: true, preserveTimestamps: true, filter: (file: string) => !file.endsWith('.part') }
  for (let tries = 1; ; tries++) {
    try {
      return await cp(from, to, options)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
      if (!(await isThere(from))) return await rm(to, { recursive: true, force: true })
      if (tries === COPY_TRIES) throw error
    }
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

async function entries(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return []
    throw error
  })
}

async function readAbout(from: string): Promise<z.infer<typeof about>> {
  const file = join(from, ABOUT)
  const read = await readFile(file, 'utf8').catch(() => undefined)
  if (read === undefined) throw new BackupError(`${file} is not there: ${from} is no whole backup`)
  try {
    return about.parse(JSON.parse(read))
  } catch {
    throw new BackupError(`${file} is of another version, or is damaged`)
  }
}

/** Runs a program of PostgreSQL's. The address goes by its environment: everybody on the machine sees a command line. */
async function postgres(
  program: 'pg_dump' | 'pg_restore',
  { DATABASE_URL, path }: Where,
  options: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const env = postgresEnvironment(DATABASE_URL)
  const database = `--dbname=${env.PGDATABASE ?? env.PGUSER ?? ''}`
  const child = spawn(program, [database, ...options], {
    env: { ...env, PATH: path },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]).catch(error => {
    signal.throwIfAborted()
    throw new BackupError(
      error.code === 'ENOENT' ? `${program} is not on the PATH (Debian: postgresql-client)` : String(error),
    )
  })
  if (code !== 0) throw new BackupError(`${program} failed: ${said.trim().split('\n')[0] ?? ''}`)
}
