import { expect, test } from 'vitest'
import { type Need, readiness } from '../../src/operations/readiness.ts'
import { FakeClock } from '../fakes/clock.ts'

function opened(needs: readonly Need[], known: () => readonly string[] = () => []) {
  const clock = new FakeClock()
  const closing = new AbortController()
  const logged: string[] = []
  const log = {
    info: (_: object, message: string) => logged.push(message),
    warn: (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`),
  }
  return { clock, closing, logged, ready: readiness({ clock, log, needs, known, signal: closing.signal }) }
}

/** A need that can be broken and mended, and counts how often it is checked. */
function breakable(what: string) {
  const need = { what, isBroken: false, checks: 0, check: async () => undefined }
  need.check = async () => {
    need.checks++
    if (need.isBroken) throw new Error('it is gone')
    return undefined
  }
  return need
}

test('what fails is missing until it works again, and calls are taken', async () => {
  const need = breakable('disk')
  const { clock, ready } = opened([need], () => ['shutting down'])
  need.isBroken = true
  expect(await ready.reasons()).toEqual(['shutting down'])
  expect(await ready.degraded()).toEqual(['disk: it is gone'])
  need.isBroken = false
  await clock.advance(6_000)
  expect(await ready.degraded()).toEqual([])
})

test('a thousand who ask at once cost one check', async () => {
  const need = breakable('disk')
  const { ready } = opened([need])
  await Promise.all(Array.from({ length: 1_000 }, () => ready.degraded()))
  await ready.degraded()
  expect(need.checks).toBe(1)
})

test('a check without an end counts, too, and tells no address', async () => {
  const { clock, ready } = opened([{ what: 'database', check: () => new Promise(() => undefined) }])
  const asked = ready.degraded()
  await clock.advance(3_000)
  expect(await asked).toEqual(['database: its check took longer than 3000 ms'])
})

test('the password of a database is in no reason', async () => {
  const check = async () => {
    throw new Error('cannot reach postgres://me:hunter2@db/x')
  }
  const { ready } = opened([{ what: 'database', check }])
  expect((await ready.degraded()).join()).not.toContain('hunter2')
})

test('what changes is logged once, and nothing is left when the server closes', async () => {
  const need = breakable('disk')
  const { clock, closing, logged, ready } = opened([need])
  const watched = ready.watch().catch(error => String(error))
  await clock.advance(10_000)
  need.isBroken = true
  await clock.advance(10_000)
  need.isBroken = false
  await clock.advance(10_000)
  expect(logged).toEqual([
    'calls are taken, and something is missing {"degraded":["disk: it is gone"]}',
    'nothing is missing any more',
  ])
  closing.abort(new Error('closing'))
  expect(await watched).toBe('Error: closing')
  expect(clock.pending).toBe(0)
})
