import { expect, test } from 'vitest'
import type { JournalLine } from '../../src/conversation/lines.ts'
import { observer } from '../../src/operations/observer.ts'

const line: JournalLine = { v: 2, seq: 1, atMs: 0, noted: { kind: 'anything' } }

test('one that fails ends no call: the log tells it once, and it watches no more', () => {
  const warned: string[] = []
  let asked = 0
  const log = { warn: (_: object, message: string) => void warned.push(message) }
  const take = observer({ callId: 'CA1', what: 'the metrics', log }, () => {
    if (++asked === 2) throw new Error('a mistake')
  })
  for (let i = 0; i < 5; i++) take(line)
  expect(asked).toBe(2)
  expect(warned).toEqual(['the metrics cannot follow a call any further'])
  observer({ callId: 'CA1', what: 'nobody', log }, undefined)(line)
})
