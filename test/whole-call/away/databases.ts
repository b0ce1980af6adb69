import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { DatabaseConnection, Dialect } from 'kysely'
import { Client } from 'pg'
import { type Fault, faulty } from '../../database/faulty-dialect.ts'
import { postgresBinaries, startPostgres } from '../../database/postgres.ts'
import { openSmallDisk } from '../../database/small-disk.ts'
import type { OutsideWork } from '../outside-work.ts'
import type { WholeCalls } from '../whole-calls.ts'

/** A way in which a database is away. */
export type AwayKind = Fault | 'locked' | 'on a full disk' | 'PostgreSQL and killed' | 'PostgreSQL and frozen'

/** A database that a test takes away from its calls. */
export interface AwayDatabase {
  /** By which the server finds it, if not in its folder. */
  readonly env: Readonly<Record<string, string>>
  readonly through: (dialect: Dialect) => Dialect
  /** The calls' server is open. */
  begin(all: Pick<WholeCalls, 'clock' | 'dataDir' | 'outside'>): void
  leave(): Promise<void>
  comeBack(): Promise<void>
  /** By another connection than the server's. */
  rows(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

/** Opens one. Undefined, with a line that says so, where this machine cannot. */
export async function awayDatabase(kind: AwayKind): Promise<AwayDatabase | undefined> {
  switch (kind) {
    case 'refused':
    case 'hanging':
    case 'read-only':
    case 'locked':
      return inSqlite(kind)
    case 'on a full disk':
      return onSmallDisk()
    case 'PostgreSQL and killed':
    case 'PostgreSQL and frozen':
      return inPostgres(kind)
  }
}

const same = (dialect: Dialect): Dialect => dialect

/** Another connection to the file. */
function sqliteRows() {
  let other: DatabaseSync | undefined
  return {
    open: (file: string) => {
      other = new DatabaseSync(file)
    },
    run: (statement: string) => other?.exec(statement),
    rows: async (query: string) => other?.prepare(query).all() ?? [],
    close: () => other?.close(),
  }
}

function inSqlite(kind: Fault | 'locked'): AwayDatabase {
  const way = faulty()
  const other = sqliteRows()
  return {
    ...{ env: {}, through: way.through, rows: other.rows },
    begin({ clock, dataDir }) {
      way.on(clock)
      other.open(join(dataDir, 'partyline.sqlite'))
    },
    async leave() {
      if (kind === 'locked') other.run('begin immediate')
      else way.state.fault = kind
    },
    async comeBack() {
      if (kind === 'locked') other.run('rollback')
      else way.state.fault = undefined
    },
    close: async () => other.close(),
  }
}

function onSmallDisk(): AwayDatabase | undefined {
  const disk = openSmallDisk('a database on a full disk', 64)
  if (!disk) return undefined
  const file = join(disk.folder, 'partyline.sqlite')
  const other = sqliteRows()
  return {
    ...{ env: { DATABASE_URL: `sqlite:${file}` }, through: same, rows: other.rows },
    begin: () => other.open(file),
    async leave() {
      // The log of writes keeps its size, and would still take some.
      other.run('pragma wal_checkpoint(truncate)')
      disk.fill()
    },
    comeBack: async () => disk.free(),
    async close() {
      other.close()
      disk.close()
    },
  }
}

/** A real one: while it works for the server virtual time stands still, unless it is frozen. */
async function inPostgres(kind: AwayKind): Promise<AwayDatabase | undefined> {
  const bin = await postgresBinaries()
  if (bin === undefined) {
    if (process.env.CI || process.env.PARTYLINE_REQUIRE_POSTGRES === '1') throw new Error('PostgreSQL is not installed')
    process.stderr.write(`PostgreSQL is not on this machine: a database that is ${kind} was not tested\n`)
    return undefined
  }
  const cluster = await startPostgres(bin)
  const url = await cluster.newUrl()
  let frozen = Promise.withResolvers<void>()
  let outside: OutsideWork | undefined
  const during = <T>(work: Promise<T>): Promise<T> => {
    outside?.during(Promise.race([work.catch(() => undefined), frozen.promise]))
    return work
  }
  return {
    env: { DATABASE_URL: url },
    through: dialect => throughWith(dialect, during),
    begin(all) {
      outside = all.outside
    },
    async leave() {
      if (kind === 'PostgreSQL and killed') return cluster.kill()
      await cluster.freeze()
      frozen.resolve()
    },
    async comeBack() {
      if (kind === 'PostgreSQL and killed') return cluster.start()
      frozen = Promise.withResolvers()
      await cluster.thaw()
    },
    async rows(query) {
      const client = new Client({ connectionString: url })
      await client.connect()
      const { rows } = await client.query<Record<string, unknown>>(query)
      await client.end()
      return rows
    },
    close: cluster.close,
  }
}

function throughWith(dialect: Dialect, during: <T>(work: Promise<T>) => Promise<T>): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: db => dialect.createIntrospector(db),
    createDriver() {
      const driver = dialect.createDriver()
      const inners = new WeakMap<DatabaseConnection, DatabaseConnection>()
      const inner = (given: DatabaseConnection): DatabaseConnection => inners.get(given) ?? given
      return {
        init: () => driver.init(),
        async acquireConnection() {
          const acquired = await during(driver.acquireConnection())
          const connection: DatabaseConnection = {
            executeQuery: query => during(acquired.executeQuery(query)),
            streamQuery: (query, chunkSize) => acquired.streamQuery(query, chunkSize),
          }
          inners.set(connection, acquired)
          return connection
        },
        beginTransaction: (given, settings) => during(driver.beginTransaction(inner(given), settings)),
        commitTransaction: given => during(driver.commitTransaction(inner(given))),
        rollbackTransaction: given => during(driver.rollbackTransaction(inner(given))),
        releaseConnection: given => driver.releaseConnection(inner(given)),
        destroy: () => during(driver.destroy()),
      }
    },
  }
}
