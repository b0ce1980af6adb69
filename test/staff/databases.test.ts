import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/database/database.ts'
import { type AuditRow, auditIn } from '../../src/staff/audit.ts'
import { notesIn } from '../../src/staff/calls/notes.ts'
import { transfersIn } from '../../src/staff/live/transfers.ts'
import { sessionsIn } from '../../src/staff/sign-in/sessions.ts'
import { databasesFor } from '../tasks/databases.ts'

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 27, 12, minute))
const who = { name: 'Sam', role: 'supervisor' } as const

describe.each(await databasesFor("the staff's tables"))('in $name', ({ newUrl }) => {
  async function opened() {
    const database = await openDatabase(await newUrl())
    onTestFinished(() => database.close())
    return database
  }

  test('sessions begin, are read at every server, and end', async () => {
    const database = await opened()
    let isGood = true
    const [one, other] = [await sessionsIn(database, () => isGood), await sessionsIn(database, () => isGood)]
    const { token, session } = await one.begin(who, 'oidc', at(0))
    expect(await other.read(token, at(719))).toEqual(session)
    expect(await other.read(token, at(720))).toBeUndefined()
    expect(await other.read(session.id, at(0))).toBeUndefined()
    isGood = false
    expect(await other.read(token, at(0))).toBeUndefined()
    isGood = true
    await other.end(token)
    expect(await one.read(token, at(0))).toBeUndefined()
  })

  test('the audit log keeps its rows until they are old, and forgets which calls they were about', async () => {
    const database = await opened()
    const audit = await auditIn(database)
    for (let row = 0; row < 5; row++) await audit.write(who, 'opened', at(row), `call-${row}`, 'why')
    await audit.forgetCalls(['call-3', 'call-9', ...Array.from({ length: 450 }, (_, index) => `x${index}`)])
    expect([await audit.tidy(at(2), 1), await audit.tidy(at(2), 9)]).toEqual([1, 1])
    const rows = await database.db
      .withTables<{ staff_audit: AuditRow }>()
      .selectFrom('staff_audit')
      .select(['call_id', 'at', 'name', 'action', 'detail'])
      .orderBy('at')
      .execute()
    const same = { name: 'Sam', action: 'opened', detail: 'why' }
    expect(rows).toEqual([
      { call_id: 'call-2', at: at(2).toISOString(), ...same },
      { call_id: null, at: at(3).toISOString(), ...same },
      { call_id: 'call-4', at: at(4).toISOString(), ...same },
    ])
  })

  test('the audit log is read in pages, the latest first, of one name or one call', async () => {
    const audit = await auditIn(await opened())
    // Five in one moment, so that a page ends between two of the same time.
    for (let row = 0; row < 5; row++) await audit.write(who, 'opened', at(1), 'one', `${row}`)
    await audit.write({ name: 'Lea', role: 'listener' }, 'audio', at(2), 'one')
    await audit.write({ name: 'Lea', role: 'listener' }, 'signed-in', at(0))
    const pages: (readonly AuditRow[])[] = []
    let after: string | undefined
    do {
      const { rows, next } = await audit.read({ after, most: 3 })
      pages.push(rows)
      after = next ?? undefined
    } while (after !== undefined)
    expect(pages.map(rows => rows.length)).toEqual([3, 3, 1])
    const [first, ...rest] = pages.flat()
    expect([first?.action, rest.at(-1)?.action]).toEqual(['audio', 'signed-in'])
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(7)
    const read = async (query: object) =>
      (await audit.read({ most: 50, ...query })).rows.map(({ name, action }) => `${name} ${action}`)
    expect(await read({ name: 'LEA' })).toEqual(['Lea audio', 'Lea signed-in'])
    expect(await read({ name: 'Le' })).toEqual([])
    expect(await read({ name: 'sam', callId: 'one' })).toHaveLength(5)
    expect(await read({ callId: 'two' })).toEqual([])
  })

  test('notes are in the order of their moments, two hundred of a call at most, and go with the call', async () => {
    const notes = await notesIn(await opened())
    const call = { callId: 'one', startedAt: at(0).toISOString() }
    const add = (atMs: number) => notes.add(call, { atMs, text: `at ${atMs}`, by: 'Sam' }, at(5))
    const last = await add(900)
    await add(10)
    expect((await notes.of('one')).map(({ text, by, at: when }) => [text, by, when])).toEqual([
      ['at 10', 'Sam', at(5).toISOString()],
      ['at 900', 'Sam', at(5).toISOString()],
    ])
    for (let note = 2; note < 200; note++) await add(note)
    expect(await add(5)).toBeUndefined()
    expect(await notes.remove('other', last?.id ?? '')).toBe(false)
    expect(await notes.remove('one', last?.id ?? '')).toBe(true)
    expect(await add(86_400_000)).toMatchObject({ atMs: 86_400_000 })
    expect([await notes.tidy(at(0), 500), await notes.tidy(at(1), 150)]).toEqual([0, 150])
    await notes.removeOf(['one'])
    expect(await notes.of('one')).toEqual([])
  })

  test('the number of a transfer is that of its stream alone, and is kept for a day', async () => {
    const transfers = await transfersIn(await opened())
    await transfers.keep({ callId: 'one', attempt: 1 }, '+15550000001', at(0))
    await transfers.keep({ callId: 'one', attempt: 1 }, '+15550000002', at(1))
    expect(await transfers.numberFor('one', 1)).toBe('+15550000002')
    expect([await transfers.numberFor('one', 2), await transfers.numberFor('two', 1)]).toEqual([undefined, undefined])
    expect([await transfers.tidy(at(24 * 60), 9), await transfers.tidy(at(24 * 60 + 2), 9)]).toEqual([0, 1])
  })
})
