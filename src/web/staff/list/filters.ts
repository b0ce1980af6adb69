import { OUTCOMES, type Outcome } from '../server/shapes.ts'

/** What the list is narrowed to. Empty texts and `false` narrow nothing. Dates are YYYY-MM-DD of whoever looks. */
export interface Filters {
  readonly words: string
  readonly from: string
  readonly to: string
  readonly outcome: Outcome | ''
  readonly slowMs: string
  readonly tag: string
  readonly caller: string
  readonly agent: string
  readonly interrupted: boolean
  readonly failed: boolean
  /** The cursor of the page before. */
  readonly after: string
}

export const NO_FILTERS: Filters = {
  ...{ words: '', from: '', to: '', outcome: '', slowMs: '', tag: '', caller: '', agent: '' },
  ...{ interrupted: false, failed: false, after: '' },
}
const TEXTS = ['words', 'from', 'to', 'slowMs', 'tag', 'caller', 'agent', 'after'] as const
const FLAGS = ['interrupted', 'failed'] as const
/** Whatever stands in an address has a bound. */
const MOST_LETTERS = 300

/** Reads the address. What makes no sense there narrows nothing. */
export function filtersIn(search: string): Filters {
  const asked = new URLSearchParams(search)
  const text = (name: string): string => (asked.get(name) ?? '').slice(0, MOST_LETTERS)
  const texts = Object.fromEntries(TEXTS.map(name => [name, text(name)]))
  const outcome = OUTCOMES.find(some => some === asked.get('outcome')) ?? ''
  const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day))
  return {
    ...{ ...NO_FILTERS, ...texts, outcome },
    ...{ from: isDay(text('from')) ? text('from') : '', to: isDay(text('to')) ? text('to') : '' },
    slowMs: /^\d{1,5}$/.test(text('slowMs')) ? text('slowMs') : '',
    ...{ interrupted: asked.get('interrupted') === 'true', failed: asked.get('failed') === 'true' },
  }
}

/** The address's search for these filters, in one order, so that the same list has the same address. */
export function searchOf(filters: Filters): string {
  const asked = new URLSearchParams()
  for (const name of [...TEXTS, 'outcome'] as const) {
    const value = filters[name].trim()
    if (value !== '') asked.set(name, value)
  }
  for (const name of FLAGS) if (filters[name]) asked.set(name, 'true')
  const search = asked.toString()
  return search === '' ? '' : `?${search}`
}

/** The API's query. Days are those of `zone`'s calendar: from the first day's beginning to the last day's end. */
export function queryOf(filters: Filters): string {
  const asked = new URLSearchParams(searchOf(filters))
  if (filters.from !== '') asked.set('from', startOf(filters.from, 0))
  if (filters.to !== '') asked.set('to', startOf(filters.to, 1))
  if (filters.caller.trim() !== '') asked.set('caller', dialled(filters.caller))
  return asked.toString()
}

/** How many filters narrow the list. */
export const countOf = (filters: Filters): number =>
  Object.entries(filters).filter(([name, value]) => name !== 'after' && value !== '' && value !== false).length

/** Local midnight of that day, or of so many days later, in ISO 8601. */
function startOf(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}

/** A number as people write it, as E.164. */
const dialled = (number: string): string => number.replace(/[\s().-]/g, '').replace(/^00/, '+')
