import type { DatabaseConnection, Dialect } from 'kysely'
import { SelectQueryNode } from 'kysely'
import { systemClock } from '../../src/clock.ts'
import type { Clock } from '../../src/conversation/ports.ts'

/** How a database behaves: killed, stopped so that nothing is answered, or replaced by one that can only be read. */
export type Fault = 'refused' | 'hanging' | 'read-only'

/** After so long the client of PostgreSQL gives a query up. */
const GIVEN_UP_MS = 4_000

const coded = (message: string, fields: object): Error => Object.assign(new Error(message), fields)

/** A way to a database that can be broken; what is asked meanwhile gets the errors of PostgreSQL's client. */
export function faulty() {
  const state: { fault: Fault | undefined; asked: number } = { fault: undefined, asked: 0 }
  let clock: Clock = systemClock

  async function meet(isRead: boolean): Promise<void> {
    if (state.fault === undefined) return
    state.asked++
    if (state.fault === 'refused') throw coded('connect ECONNREFUSED', { code: 'ECONNREFUSED' })
    if (state.fault === 'hanging') {
      await clock.sleep(GIVEN_UP_MS, new AbortController().signal)
      throw new Error('Query read timeout')
    }
    if (!isRead) throw coded('cannot execute INSERT in a read-only transaction', { severity: 'ERROR', code: '25006' })
  }

  function through(dialect: Dialect): Dialect {
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
            await meet(true)
            const acquired = await driver.acquireConnection()
            const connection: DatabaseConnection = {
              async executeQuery(query) {
                await meet(SelectQueryNode.is(query.query) || /^select/i.test(query.sql))
                return acquired.executeQuery(query)
              },
              streamQuery: (query, chunkSize) => acquired.streamQuery(query, chunkSize),
            }
            inners.set(connection, acquired)
            return connection
          },
          async beginTransaction(given, settings) {
            await meet(false)
            await driver.beginTransaction(inner(given), settings)
          },
          commitTransaction: given => driver.commitTransaction(inner(given)),
          rollbackTransaction: given => driver.rollbackTransaction(inner(given)),
          releaseConnection: given => driver.releaseConnection(inner(given)),
          destroy: () => driver.destroy(),
        }
      },
    }
  }
  /** From now on it hangs in this time. */
  function on(other: Clock): void {
    clock = other
  }

  return { through, state, on }
}
