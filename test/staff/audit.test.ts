import { expect, test } from 'vitest'
import { auditPage } from '../../src/staff/audit-shapes.ts'
import { CALL_ID } from './one-call.ts'
import { staffServer, told } from './staff-server.ts'

test('supervisors read who did what, page by page, and that is written down once', async () => {
  const { asking, cookieOf, clock, rows } = await staffServer()
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(await cookieOf('supervisor'))]
  for (const what of ['', '/lines', '/cost']) {
    await listener('GET', `/staff/api/calls/${CALL_ID}${what}`)
    clock.stall(1_000)
  }
  const read = async (query: string) =>
    auditPage.strict().parse((await supervisor('GET', `/staff/api/audit?${query}`)).body)
  const first = await read('name=lea&most=2')
  expect(first.rows.map(({ name, role, action, callId }) => [name, role, action, callId])).toEqual([
    ['Lea', 'listener', 'cost', CALL_ID],
    ['Lea', 'listener', 'lines', CALL_ID],
  ])
  clock.stall(1_000)
  const second = await read(`name=lea&most=2&after=${encodeURIComponent(first.next ?? '')}`)
  expect([second.rows.map(({ action }) => action), second.next]).toEqual([['opened'], null])
  expect((await read(`call=${CALL_ID}`)).rows.map(({ action }) => action)).toEqual([
    ...['read-audit', 'cost', 'lines', 'opened'],
  ])
  expect(told(await rows()).filter(row => row.includes('read-audit'))).toEqual([
    'Sam (supervisor) read-audit',
    `Sam (supervisor) read-audit ${CALL_ID}`,
  ])
  clock.stall(1_000)
  expect((await read('')).rows[1]).toMatchObject({ action: 'read-audit', detail: '', callId: CALL_ID })
})

test('listeners are told nothing of the log, and what cannot be read is refused', async () => {
  const { asking, cookieOf } = await staffServer()
  const refused = await asking(await cookieOf('listener'))('GET', '/staff/api/audit')
  expect([refused.status, refused.body]).toEqual([
    403,
    { error: { kind: 'forbidden', message: 'Only supervisors may do that.' } },
  ])
  const supervisor = asking(await cookieOf('supervisor'))
  for (const query of ['most=0', 'call=..', 'name=', 'after=1', 'after=2026-11-27T12:00:00.000Z~x', 'who=me'])
    expect([query, (await supervisor('GET', `/staff/api/audit?${query}`)).status]).toEqual([query, 400])
})
