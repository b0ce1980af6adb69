import { expect, test } from 'vitest'
import { callSpanId, callTraceparent, toolSpanId, toolTraceparent, traceIdOf } from '../../src/traces/ids.ts'

test('ids have the lengths of W3C, are the same each time, and differ where the place does', () => {
  expect(traceIdOf('CA1')).toMatch(/^[\da-f]{32}$/)
  expect(traceIdOf('CA1')).toBe(traceIdOf('CA1'))
  const spans = [callSpanId('CA1', 1), callSpanId('CA1', 2), callSpanId('CA2', 1), toolSpanId('CA1:1-0-0')]
  expect(new Set(spans).size).toBe(4)
  for (const id of spans) expect(id).toMatch(/^[\da-f]{16}$/)
})

test('a trace context says that the trace is kept', () => {
  expect(callTraceparent('CA1', 2)).toBe(`00-${traceIdOf('CA1')}-${callSpanId('CA1', 2)}-01`)
})

test('calls that are made together belong to the tool that was called', () => {
  const own = toolTraceparent('CA1', 'CA1:12-0-1')
  expect(toolTraceparent('CA1', 'CA1:12-0-1-3')).toBe(own)
  expect(toolTraceparent('CA1', 'CA1:12-0-2')).not.toBe(own)
  expect(own).toContain(toolSpanId('CA1:12-0-1'))
  // Ids of rooms have hyphens of their own.
  expect(toolTraceparent('room-1-2', 'room-1-2:3-0-0')).toContain(toolSpanId('room-1-2:3-0-0'))
})
