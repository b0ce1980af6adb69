import { expect, test } from 'vitest'
import { DatabaseAway } from '../../src/database/away.ts'
import { type Away, guardOf } from '../../src/database/presence.ts'
import { FakeClock } from '../fakes/clock.ts'

const refused = (): Error => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

/** `probeMs`: so long each probe takes. */
function opened(probeMs = 0) {
  const clock = new FakeClock()
  const logged: string[] = []
  const state: { found: Away | undefined; probes: number } = { found: undefined, probes: 0 }
  const say = (_: object, message: string): void => void logged.push(message.replace(/:.*/, ''))
  const guard = guardOf({
    clock,
    log: { info: say, warn: say, error: say },
    probe: async signal => {
      state.probes++
      if (probeMs > 0) await clock.sleep(probeMs, signal)
      return state.found
    },
  })
  return { clock, logged, state, guard }
}

test('after an error that the probe confirms nobody waits, until the probe works again; each is logged once', async () => {
  const { clock, logged, state, guard } = opened()
  state.found = { what: 'all', why: 'nothing listens there' }
  await expect(guard.during('read', () => Promise.reject(refused()))).rejects.toThrow(DatabaseAway)
  await clock.advance(0)
  let asked = 0
  for (let i = 0; i < 100; i++)
    await expect(guard.during('write', async () => asked++)).rejects.toThrow('nothing listens there')
  expect(asked).toBe(0)
  const back = guard.here(new AbortController().signal)
  await clock.advance(5 * 60_000)
  expect(logged).toEqual(['the database is away'])
  await clock.advance(16 * 60_000)
  expect(logged).toEqual(['the database is away', 'the database is still away', 'the database is still away'])
  state.found = undefined
  await clock.advance(2_000)
  await back
  expect(logged.at(-1)).toBe('the database is back')
  expect(await guard.during('write', async () => 7)).toBe(7)
  expect(guard.absences()).toBe(1)
  guard.close()
})

test('a query without an answer is found out; where only writes fail reads go on', async () => {
  const { clock, state, guard } = opened()
  state.found = { what: 'writes', why: 'it is locked by another process' }
  const hanging = guard.during('write', () => new Promise<never>(() => undefined))
  hanging.catch(() => undefined)
  await clock.advance(1_000)
  expect(guard.away()?.what).toBe('writes')
  await expect(guard.during('write', async () => 1)).rejects.toThrow('locked')
  expect(await guard.during('read', async () => 1)).toBe(1)
  guard.close()
})

test('an error of the question itself is no reason to look, and one that is not confirmed changes nothing', async () => {
  const { clock, state, guard } = opened()
  const unique = Object.assign(new Error('unique'), { severity: 'ERROR', code: '23505' })
  await expect(guard.during('write', () => Promise.reject(unique))).rejects.toBe(unique)
  expect(state.probes).toBe(0)
  await expect(guard.during('write', () => Promise.reject(refused()))).rejects.toThrow(DatabaseAway)
  await clock.advance(0)
  expect(state.probes).toBe(1)
  expect(guard.away()).toBeUndefined()
  guard.close()
})

test('while others are answered a probe that is not proves nothing: a new connection may take long', async () => {
  const { clock, logged, state, guard } = opened(1_000)
  state.found = { what: 'all', why: 'no answer' }
  const slow = guard.during('read', () => clock.sleep(1_200, new AbortController().signal).then(() => 'a row'))
  await clock.advance(1_400)
  expect(state.probes).toBe(1)
  expect(await slow).toBe('a row')
  await clock.advance(2_000)
  expect([logged, guard.away()]).toEqual([[], undefined])
  // One that nobody answers is away.
  guard.during('read', () => new Promise<never>(() => undefined)).catch(() => undefined)
  await clock.advance(2_000)
  expect(guard.away()?.what).toBe('all')
  guard.close()
})
