import fc from 'fast-check'
import { expect, test } from 'vitest'
import { callPath, routeOf } from '../../../src/web/staff/frame/route.ts'
import { brief, clock, dollars, fineClock } from '../../../src/web/staff/frame/say.ts'
import { countOf, filtersIn, NO_FILTERS, queryOf, searchOf } from '../../../src/web/staff/list/filters.ts'

test('filters that stand in an address are read from it again', () => {
  const filters = {
    ...{ ...NO_FILTERS, words: 'table for two', from: '2026-11-01', to: '2026-11-02', outcome: 'failed' as const },
    ...{ slowMs: '1500', tag: 'billing', caller: '+1 555 010 0123', interrupted: true, failed: true, after: 'x=1&y' },
  }
  expect(filtersIn(searchOf(filters))).toEqual(filters)
  expect(countOf(filters)).toBe(9)
  expect(searchOf(NO_FILTERS)).toBe('')
})

test('whatever stands in an address, it narrows the list or nothing, and stays the same', () => {
  fc.assert(
    fc.property(fc.webQueryParameters(), search => {
      const filters = filtersIn(search)
      expect(filtersIn(searchOf(filters))).toEqual(filtersIn(searchOf(filtersIn(searchOf(filters)))))
    }),
  )
  expect(filtersIn('?outcome=unknown&from=2026-13-40&slowMs=-1&interrupted=yes')).toEqual(NO_FILTERS)
  expect(filtersIn(`?words=${'a'.repeat(5_000)}`).words).toHaveLength(300)
})

test('the query asks for whole days of who looks, and for numbers as they are stored', () => {
  const query = new URLSearchParams(
    queryOf({ ...NO_FILTERS, from: '2026-11-01', to: '2026-11-01', caller: '0049 (30) 123-456' }),
  )
  const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')]
  expect(to - from).toBe(86_400_000)
  expect(new Date(from).getHours()).toBe(0)
  expect(query.get('caller')).toBe('+4930123456')
})

test('an address leads to one place, and a strange one to none', () => {
  expect(routeOf('/staff', '?tag=a')).toEqual({ kind: 'calls', search: '?tag=a' })
  expect(routeOf('/staff/', '')).toEqual({ kind: 'calls', search: '' })
  expect(routeOf(callPath('CA/1 ?'), '?at=12000')).toEqual({ kind: 'call', callId: 'CA/1 ?', atMs: 12_000 })
  expect(routeOf('/staff/calls/CA1', '?at=soon')).toEqual({ kind: 'call', callId: 'CA1', atMs: undefined })
  expect(routeOf('/staff/live', '')).toEqual({ kind: 'live' })
  expect(routeOf('/staff/live/CA1', '')).toEqual({ kind: 'live-call', callId: 'CA1' })
  for (const strange of ['/staff/other', '/staff/calls', '/staff/calls/%', '/staff/calls/a/b'])
    expect(routeOf(strange, '')).toEqual({ kind: 'nowhere' })
})

test('times and money are said as people say them', () => {
  expect([clock(7_900), clock(754_000), clock(3_723_000), clock(-5)]).toEqual(['0:07', '12:34', '1:02:03', '0:00'])
  expect([fineClock(62_399), brief(340.4), brief(1_520)]).toEqual(['1:02.3', '340 ms', '1.52 s'])
  expect([dollars(0.04123), dollars(1.5)]).toEqual(['$0.0412', '$1.50'])
})
