import { Client } from 'pg'
import type { PostgresCluster } from '../database/postgres.ts'

/** A database of a PostgreSQL server, and the socket at which that listens. */
export interface FarDatabase {
  readonly socket: string
  /** Leads there without a proxy. */
  readonly url: string
}

/** What is in it after a call. */
export interface Stored {
  /** Titles of the tasks. */
  readonly tasks: readonly string[]
  /** The call's journal. */
  readonly journal: string
}

/** Makes so many: servers with databases of their own wait for nobody's locks. */
export async function farDatabases(
  { socket, newUrl }: PostgresCluster,
  count: number,
): Promise<readonly FarDatabase[]> {
  const url = new URL(await newUrl())
  url.searchParams.delete('options')
  const client = new Client({ connectionString: url.href })
  await client.connect()
  const made: FarDatabase[] = []
  for (let i = 0; i < count; i++) {
    await client.query(`create database far${i}`)
    url.pathname = `/far${i}`
    made.push({ socket, url: url.href })
  }
  await client.end()
  return made
}

/** The same through a proxy at this port. */
export function addressThrough({ url }: FarDatabase, port: number): string {
  const through = new URL(url)
  through.searchParams.delete('host')
  through.hostname = '127.0.0.1'
  through.port = String(port)
  return through.href
}

export async function storedIn({ url }: FarDatabase, callId: string): Promise<Stored> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const tasks = await client.query<{ title: string }>('select title from tasks')
    const commits = await client.query<{ text: string }>(
      'select text from commits where call_id = $1 order by first_seq',
      [callId],
    )
    return { tasks: tasks.rows.map(({ title }) => title), journal: commits.rows.map(({ text }) => text).join('\n') }
  } finally {
    await client.end()
  }
}
