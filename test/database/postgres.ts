import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, chown, constants, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const NOBODY = 65_534

/** A PostgreSQL server of its own, in a folder and on a socket that are deleted with it. */
export interface PostgresCluster {
  /** The URL of a new, empty schema. */
  newUrl(): Promise<string>
  /** The socket at which it listens, for a proxy before it. */
  readonly socket: string
  /** Kills all its processes, and resolves when the first of them has ended. */
  kill(): Promise<void>
  /** Starts it again after that. */
  start(): Promise<void>
  /** Stops all its processes, so that nothing is answered, or lets them go on. */
  freeze(): Promise<void>
  thaw(): Promise<void>
  close(): Promise<void>
}

/** Finds PostgreSQL's server binaries: the newest of Debian's packages, or else on the path. */
export async function postgresBinaries(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch((): string[] => [])
  const newest = versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map(one => `/usr/lib/postgresql/${one}/bin`)
  for (const folder of [...newest, ...(process.env.PATH ?? '').split(':')]) {
    const isRunnable = (name: string) => access(join(folder, name), constants.X_OK)
    const both = await Promise.allSettled([isRunnable('initdb'), isRunnable('postgres')])
    if (both.every(({ status }) => status === 'fulfilled')) return folder
  }
  return undefined
}

/** PostgreSQL refuses to run as root, so there it runs as the user postgres, or as nobody. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const idOf = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  return { uid: await idOf('-u').catch(() => NOBODY), gid: await idOf('-g').catch(() => NOBODY) }
}

/** Starts a cluster with these binaries. Rejects with its log where it does not start. */
export async function startPostgres(bin: string): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-pg-'))
  const user = await unprivileged()
  if (user) await chown(folder, user.uid, user.gid)
  const options = { cwd: folder, ...user }
  const data = join(folder, 'data')
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'partyline', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--no-instructions'],
    options,
  )
  const settings = ['listen_addresses=', `unix_socket_directories=${folder}`, 'fsync=off', 'shared_buffers=16MB']
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, ...settings.flatMap(one => ['-c', one])], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const log: string[] = []
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log.push(text)
        if (text.includes('ready to accept connections')) resolve()
      })
      child.once('error', reject).once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log.join('')}`)))
    })
    return child
  }
  let server = await start()

  /** To those that it has started, too: each is the leader of a group of its own. */
  async function signal(name: NodeJS.Signals): Promise<void> {
    const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
    server.kill(name)
    for (const pid of children.trim().split(' ').filter(Boolean)) {
      try {
        process.kill(Number(pid), name)
      } catch (error) {
        // It may have ended by itself.
        if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
      }
    }
  }

  let made = 0
  return {
    socket: join(folder, '.s.PGSQL.5432'),
    async kill() {
      const ended = once(server, 'exit')
      await signal('SIGKILL')
      await ended
    },
    async start() {
      server = await start()
    },
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async newUrl() {
      made += 1
      const schema = `test${made}`
      const url = new URL('postgres://partyline@localhost/postgres')
      url.searchParams.set('host', folder)
      const client = new Client({ connectionString: url.href })
      await client.connect()
      await client.query(`create schema ${schema}`)
      await client.end()
      url.searchParams.set('options', `-c search_path=${schema}`)
      return url.href
    },
    async close() {
      server.kill('SIGQUIT')
      await once(server, 'exit')
      await rm(folder, { recursive: true })
    },
  }
}
