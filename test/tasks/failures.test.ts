import { expect, test } from 'vitest'
import { DatabaseAway } from '../../src/database/away.ts'
import { loggedFailures } from '../../src/tasks/failures.ts'
import { OutcomeUnknown } from '../../src/tasks/store/store.ts'

test('of a database that is away nothing is logged for each who asks it, and of all else there is a line', () => {
  const logged: unknown[] = []
  const failed = loggedFailures({ error: fields => logged.push(fields) })
  const away = new DatabaseAway('the connection was cut')
  failed(away)
  failed(new OutcomeUnknown('the database failed during the commit', { cause: away }))
  expect(logged).toEqual([])
  const other = new TypeError('x is not a function')
  failed(other)
  expect(logged).toEqual([{ err: other }])
})
