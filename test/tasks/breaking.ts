import type { Kysely, TransactionBuilder } from 'kysely'
import type { Database } from '../../src/database/database.ts'

/** The same database, but the first `times` commits of changes fail, `before` they are made or `after` it. */
export function breaking(database: Database, { when, times }: { when: 'before' | 'after'; times: number }): Database {
  let left = times
  const lost = (): Error => new Error('Connection terminated unexpectedly')

  function transaction<Tables>(builder: TransactionBuilder<Tables>): TransactionBuilder<Tables> {
    const execute: typeof builder.execute = async run => {
      const isLost = left-- > 0
      const result = await builder.execute(async inside => {
        const result = await run(inside)
        if (isLost && when === 'before') throw lost()
        return result
      })
      if (isLost) throw lost()
      return result
    }
    return replacing(builder, { execute })
  }

  const broken = <Tables>(db: Kysely<Tables>): Kysely<Tables> =>
    replacing(db, { withTables: () => broken(db), transaction: () => transaction(db.transaction()) })
  return { ...database, db: broken(database.db) }
}

/** The same with some of its methods replaced. */
const replacing = <T extends object>(whole: T, replaced: Readonly<Record<PropertyKey, unknown>>): T =>
  new Proxy(whole, {
    get(target, name) {
      const value = replaced[name] ?? Reflect.get(target, name)
      return typeof value === 'function' && !(name in replaced) ? value.bind(target) : value
    },
  })
