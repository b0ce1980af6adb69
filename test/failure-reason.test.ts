import { expect, test } from 'vitest'
import { reasonOf } from '../src/failure-reason.ts'

const withCode = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code })

test.each([
  [withCode('28P01', 'password authentication failed for user "me"'), 'the password is wrong'],
  [withCode('3D000'), 'there is no such database'],
  [withCode('EACCES'), 'this user has no permission'],
  [new AggregateError([withCode('ECONNREFUSED')], ''), 'the connection was refused: nothing listens there'],
  [new TypeError('fetch failed', { cause: withCode('ENOTFOUND') }), 'there is no such host'],
  [Object.assign(new Error('database is locked'), { errcode: 261 }), 'it is locked by another process'],
])('the code of %s tells its reason', (error, reason) => {
  expect(reasonOf(error)).toBe(reason)
})

test('any other error tells the first line of its message, without the password of a URL', () => {
  expect(reasonOf(new Error('cannot use postgres://me:hunter2@db/x\n  at somewhere'))).toBe(
    'cannot use postgres://…@db/x',
  )
  expect(reasonOf(new RangeError())).toBe('RangeError')
  expect(reasonOf('lost')).toBe('lost')
})
