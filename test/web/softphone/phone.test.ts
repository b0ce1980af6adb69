import { expect, test } from 'vitest'
import type { Told, ToPage } from '../../../src/web/softphone/line/messages.ts'
import { after, type Entry, type Happening, IDLE, type Phone } from '../../../src/web/softphone/state/phone.ts'

const FIGURES = {
  ...{ lengthMs: 9_000, greetingAfterMs: 300, answersMs: [], unanswered: 0, underruns: 0, underrunMs: 0, clears: 0 },
  ...{ microphone: { missing: 0, leftOut: 0, putIn: 0 }, warnings: [] },
}
const ENDED: ToPage = { kind: 'ended', why: '', by: 'agent', savable: false, utterances: [], figures: FIGURES }
const SERVER: ToPage = { kind: 'server', url: 'http://here', ready: true, notReady: [], follows: true }
const RINGING: ToPage = { kind: 'ringing', callSid: 'CA1' }
const ANSWERED: ToPage = { kind: 'answered', callSid: 'CA1' }

const message = (sent: ToPage): Happening => ({ kind: 'message', message: sent })
const told = (what: Told, atMs = 0): Happening => message({ kind: 'told', atMs, told: what })
/** A second goes by before each. */
const all = (happenings: readonly Happening[], from: Phone = IDLE): Phone =>
  happenings.reduce((phone, happening, index) => after(phone, happening, (index + 1) * 1_000), from)
const IN_CALL = all([message(SERVER), { kind: 'opening' }, message(RINGING), message(ANSWERED)])
const kinds = (phone: Phone): readonly string[] => phone.entries.map(({ kind }) => kind)
const texts = (phone: Phone): readonly string[] =>
  phone.entries.map(entry => ('text' in entry ? entry.text : 'keys' in entry ? entry.keys : ''))

test('a call is opened, rings, is answered and ends, and its length is counted from the answer', () => {
  const steps = [message(SERVER), { kind: 'opening' } as const, message(RINGING), message(ANSWERED), message(ENDED)]
  const calls = steps.map((_, index) => all(steps.slice(0, index + 1)).call.kind)
  expect(calls).toEqual(['none', 'opening', 'ringing', 'answered', 'ended'])
  expect(all(steps).call).toMatchObject({ lastedMs: 1_000, ended: { by: 'agent' } })
})

test('who hangs up sees the length stay, until the carrier says that it is over', () => {
  const phone = all([{ kind: 'hung-up' }, message(ANSWERED), message(RINGING)], IN_CALL)
  expect(phone.call).toEqual({ kind: 'ending', lastedMs: -3_000 })
  expect(after(phone, message(ENDED), 99_000).call).toMatchObject({ kind: 'ended', lastedMs: -3_000 })
})

test('what is on its way when the call was given up changes nothing', () => {
  const given = all([message(SERVER), { kind: 'opening' }, { kind: 'given-up' }])
  expect(given.call).toEqual({ kind: 'none' })
  for (const late of [RINGING, ANSWERED, ENDED])
    expect(after(given, message(late), 9_000).call).toEqual({ kind: 'none' })
  expect(after(IN_CALL, { kind: 'given-up' }, 9_000)).toBe(IN_CALL)
})

test('whole turns take the place of the words that grew', () => {
  const phone = all(
    [
      told({ kind: 'interim', text: 'what do' }),
      told({ kind: 'interim', text: 'what do I have' }),
      told({ kind: 'caller', text: 'What do I have due?' }),
      told({ kind: 'speaking', text: 'Two tasks' }),
      told({ kind: 'agent', text: 'Two tasks are due.', interrupted: false }),
    ],
    IN_CALL,
  )
  expect([phone.interim, phone.speaking]).toEqual([undefined, undefined])
  expect(texts(phone)).toEqual(['What do I have due?', 'Two tasks are due.'])
})

test('a reply stands where it began: before what interrupted it', () => {
  const phone = all(
    [
      told({ kind: 'speaking', text: 'Two tasks' }, 9_000),
      told({ kind: 'interim', text: 'Stop' }, 9_700),
      told({ kind: 'speaking', text: 'Two tasks are' }, 9_800),
      told({ kind: 'overlap', judged: 'interruption', words: 'Stop' }, 10_000),
      told({ kind: 'agent', text: 'Two tasks are', interrupted: true }, 10_100),
      told({ kind: 'caller', text: 'Stop it.' }, 11_000),
    ],
    IN_CALL,
  )
  expect(kinds(phone)).toEqual(['agent', 'caller', 'overlap'])
  expect(phone.entries.map(({ atMs }) => atMs)).toEqual([9_000, 9_700, 10_000])
})

test('words that still grow when the call ends stay', () => {
  const growing = all([told({ kind: 'interim', text: 'and then' }), told({ kind: 'speaking', text: 'Two' })], IN_CALL)
  for (const end of [message(ENDED), { kind: 'lost' } as const]) {
    const phone = after(growing, end, 9_000)
    expect(texts(phone)).toEqual(['and then', 'Two'])
    expect(phone.entries.at(-1)).toMatchObject({ interrupted: true })
    expect([phone.interim, phone.speaking]).toEqual([undefined, undefined])
    expect(phone.turns[0]?.state).toBe('ended')
  }
})

test('keys that follow each other stand together', () => {
  const press = (key: string, nowMs: number) => [{ kind: 'pressed', key } as const, nowMs] as const
  const phone = [press('4', 5_000), press('2', 6_000), press('#', 20_000)].reduce(
    (now, [happening, nowMs]) => after(now, happening, nowMs),
    IN_CALL,
  )
  expect(texts(phone)).toEqual(['42', '#'])
  expect(all([{ kind: 'pressed', key: '1' }]).entries).toEqual([])
})

test('tools, interruptions, troubles and what the carrier does stand where they happened', () => {
  const carrier = (event: Extract<ToPage, { kind: 'carrier' }>['event']) => message({ kind: 'carrier', event })
  const phone = all(
    [
      told({ kind: 'tool', name: 'list_tasks', arguments: '{}', result: 'none', tookMs: 3 }, 100),
      told({ kind: 'overlap', judged: 'echo', words: '' }, 200),
      told({ kind: 'trouble', what: 'The model is slow.' }, 300),
      carrier({ kind: 'dial', atMs: 400, number: '+15550100001', outcome: 'no-answer' }),
      carrier({ kind: 'clear', atMs: 500 }),
      carrier({ kind: 'warning', atMs: 600, text: '31921' }),
    ],
    IN_CALL,
  )
  expect(kinds(phone)).toEqual(['tool', 'overlap', 'trouble', 'carrier', 'carrier'])
  expect(phone.entries.map(({ atMs }) => atMs)).toEqual([100, 200, 300, 400, 600])
  expect(phone.entries[3]).toMatchObject({ what: 'Transferred to +15550100001: no answer.' })
  expect(new Set(phone.entries.map(({ id }) => id)).size).toBe(phone.entries.length)
})

test('a refusal of a call ends it, one of a save does not lose the form, and both are told', () => {
  const refuse = (what: 'call' | 'save', why: string) => message({ kind: 'refused', what, why })
  const refused = all([message(SERVER), { kind: 'opening' }, refuse('call', 'All lines are busy.')])
  expect(refused).toMatchObject({ call: { kind: 'none' }, refused: { why: 'All lines are busy.' } })
  const over = all([message(ENDED), { kind: 'saving' }], IN_CALL)
  expect(over.saving).toBe('asked')
  expect(after(over, refuse('save', 'It exists.'), 9_000)).toMatchObject({ saving: 'no', call: { kind: 'ended' } })
  expect(after(over, message({ kind: 'saved', path: 'fixtures/calls/a.json' }), 9_000).saving).toEqual({
    path: 'fixtures/calls/a.json',
  })
})

test('the next call begins with nothing of the last one, but with the same server', () => {
  const before = all([told({ kind: 'caller', text: 'Hello' }), message(ENDED)], IN_CALL)
  const next = after(before, { kind: 'opening' }, 20_000)
  expect(next).toMatchObject({ entries: [], turns: [], tasks: undefined, server: SERVER, call: { kind: 'opening' } })
})

test('without a line no server is known, and only a call that went on is lost', () => {
  expect(after(IN_CALL, { kind: 'lost' }, 9_000)).toMatchObject({ server: undefined, call: { kind: 'lost' } })
  const over = all([message(ENDED)], IN_CALL)
  expect(after(over, { kind: 'lost' }, 9_000).call).toBe(over.call)
  expect(after(IDLE, { kind: 'lost' }, 9_000).call).toEqual({ kind: 'none' })
})

test('a long call keeps its end, and no text is without a bound', () => {
  const many = Array.from({ length: 900 }, (_, index) =>
    told({ kind: 'caller', text: `${index} ${'x'.repeat(9_000)}` }),
  )
  const phone = all(many, IN_CALL)
  expect(phone.entries.length).toBe(400)
  expect(phone.entries.at(-1)).toMatchObject({ kind: 'caller' } satisfies Partial<Entry>)
  expect(texts(phone).at(-1)).toMatch(/^899 x{100}/)
  expect(Math.max(...texts(phone).map(({ length }) => length))).toBe(5_000)
  const turns = all(
    Array.from({ length: 50 }, (_, index) => told({ kind: 'turn', state: 'hearing', why: `${index}` })),
    IN_CALL,
  )
  expect(turns.turns.length).toBe(30)
  expect(turns.turns[0]?.why).toBe('49')
})

test('what a newer sandbox says besides is passed over', () => {
  const strange = { kind: 'message', message: { kind: 'weather', atMs: 1 } } as unknown as Happening
  expect(after(IN_CALL, strange, 1)).toBe(IN_CALL)
  expect(after(IN_CALL, told({ kind: 'mood' } as unknown as Told), 1)).toBe(IN_CALL)
})
