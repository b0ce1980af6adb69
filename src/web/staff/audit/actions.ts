/** What the log's rows say, in words that follow a name. */
const WORDS: Readonly<Record<string, string>> = {
  'signed-in': 'signed in',
  'sign-in-refused': 'was refused at sign-in',
  'signed-out': 'signed out',
  'searched-caller': 'looked for a caller by number',
  opened: 'opened the call',
  lines: 'read its journal',
  waveform: 'saw its waveform',
  audio: 'heard its recording',
  transcript: 'read its transcript',
  cost: 'looked at its cost',
  tags: 'changed its tags',
  note: 'wrote a note',
  'note-deleted': 'deleted a note',
  'what-if': 'ran it again',
  fixture: 'made a fixture of it',
  'forgot-caller': 'had a caller forgotten',
  'read-audit': 'read this log',
  listened: 'listened in live',
  whispered: 'whispered to the agent',
  transferred: 'put the caller through',
  ended: 'ended the call',
}

/** A newer server may know more. */
export const actionWords = (action: string): string => WORDS[action] ?? action

/** What the log is narrowed to, as the address says it. Empty texts narrow nothing. */
export interface AuditFilters {
  readonly name: string
  /** The id of a call. */
  readonly call: string
  /** The cursor of the page before. */
  readonly after: string
}

const FIELDS = ['name', 'call', 'after'] as const
/** Whatever stands in an address has a bound. */
const MOST_LETTERS = 100

export function auditFiltersIn(search: string): AuditFilters {
  const asked = new URLSearchParams(search)
  const text = (name: string): string => (asked.get(name) ?? '').trim().slice(0, MOST_LETTERS)
  return { name: text('name'), call: text('call'), after: text('after') }
}

/** The address's search, and the API's query. */
export function auditSearchOf(filters: AuditFilters): string {
  const asked = new URLSearchParams()
  for (const field of FIELDS) if (filters[field].trim() !== '') asked.set(field, filters[field].trim())
  const search = asked.toString()
  return search === '' ? '' : `?${search}`
}
