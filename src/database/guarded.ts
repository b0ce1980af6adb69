import { type DatabaseConnection, type Dialect, type Driver, SelectQueryNode } from 'kysely'
import type { Guard } from './presence.ts'

/** The same dialect, but nobody waits for a database that is away. */
export function guarded(dialect: Dialect, guard: Guard): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: db => dialect.createIntrospector(db),
    createDriver: () => guardedDriver(dialect.createDriver(), guard),
  }
}

interface Own {
  readonly inner: DatabaseConnection
  isInTransaction: boolean
}

function guardedDriver(driver: Driver, guard: Guard): Driver {
  const connections = new WeakMap<DatabaseConnection, Own>()
  const own = (given: DatabaseConnection): Own => {
    const found = connections.get(given)
    if (!found) throw new Error('this connection is not of this driver')
    return found
  }

  async function end(given: DatabaseConnection, ending: (inner: DatabaseConnection) => Promise<void>): Promise<void> {
    const { inner } = own(given)
    await guard.during('inside', () => ending(inner))
  }

  return {
    init: () => driver.init(),
    async acquireConnection() {
      const inner = await guard.during('connection', () => driver.acquireConnection())
      const acquired: Own = { inner, isInTransaction: false }
      const connection: DatabaseConnection = {
        executeQuery(query) {
          const outside = SelectQueryNode.is(query.query) ? 'read' : 'write'
          return guard.during(acquired.isInTransaction ? 'inside' : outside, () => inner.executeQuery(query))
        },
        streamQuery: (query, chunkSize) => inner.streamQuery(query, chunkSize),
      }
      connections.set(connection, acquired)
      return connection
    },
    async beginTransaction(given, settings) {
      const { inner } = own(given)
      await guard.during('write', () => driver.beginTransaction(inner, settings))
      own(given).isInTransaction = true
    },
    commitTransaction: given => end(given, inner => driver.commitTransaction(inner)),
    rollbackTransaction: given => end(given, inner => driver.rollbackTransaction(inner)),
    async releaseConnection(given) {
      await driver.releaseConnection(own(given).inner)
    },
    destroy: () => driver.destroy(),
  }
}
