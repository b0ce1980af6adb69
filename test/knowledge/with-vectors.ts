import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { vector } from '@electric-sql/pglite-pgvector'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { afterAll } from 'vitest'
import { sqlite, type TestDatabase } from '../tasks/databases.ts'

/**
 * SQLite, and PostgreSQL with pgvector, which no package of Debian has: PostgreSQL itself as WebAssembly, on a socket. It has
 * one database for the test file, which is emptied for each URL, and does the work of all connections one after the other.
 */
export async function databasesWithVectors(): Promise<readonly TestDatabase[]> {
  const folder = await mkdtemp(join(tmpdir(), 'partyline-pglite-'))
  const postgres = await PGlite.create({ extensions: { vector } })
  const server = new PGLiteSocketServer({ db: postgres, path: join(folder, '.s.PGSQL.5432'), maxConnections: 20 })
  await server.start()
  afterAll(async () => {
    await server.stop()
    await postgres.close()
    await rm(folder, { recursive: true })
  })
  const url = new URL('postgres://postgres@localhost/postgres')
  url.searchParams.set('host', folder)
  return [
    sqlite,
    {
      name: 'PostgreSQL',
      async newUrl() {
        await postgres.exec('drop schema public cascade; create schema public')
        return url.href
      },
    },
  ]
}
