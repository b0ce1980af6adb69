import { expect, test } from 'vitest'
import * as shapes from '../../src/staff/api-shapes.ts'
import { CannotRun } from '../../src/staff/calls/again.ts'
import { rangeOf } from '../../src/staff/calls/audio.ts'
import { CALL_ID, CALLER, SAID_NUMBERS, WAV } from './one-call.ts'
import { staffServer, told } from './staff-server.ts'

const OF_CALL = `/staff/api/calls/${CALL_ID}`

test('staff find a call, open it, and read all that there is of it; each is in the audit log', async () => {
  const { asking, cookieOf, rows } = await staffServer()
  const ask = asking(await cookieOf('supervisor'))
  const { calls, next } = shapes.callPage.parse((await ask('GET', '/staff/api/calls?most=10&words=milk')).body)
  expect([calls.map(({ callId, caller }) => [callId, caller]), next]).toEqual([[[CALL_ID, CALLER]], null])

  const opened = shapes.openedCall.strict().parse((await ask('GET', OF_CALL)).body)
  expect(opened.attempts).toEqual([
    { attempt: 1, audio: true, startMs: 0 },
    { attempt: 2, audio: false, startMs: 60_000 },
  ])
  const lines = shapes.journalLines.parse((await ask('GET', `${OF_CALL}/lines`)).body)
  expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  const { entries } = shapes.transcript.parse((await ask('GET', `${OF_CALL}/transcript`)).body)
  expect(
    entries.map(({ attempt, who, startMs, endMs, interrupted }) => [attempt, who, startMs, endMs, interrupted]),
  ).toEqual([
    [1, 'agent', 300, 900, false],
    [1, 'caller', 2_000, 3_500, false],
    [1, 'tool', 4_100, 4_600, false],
    [1, 'agent', 5_000, 6_000, true],
    [2, 'agent', 60_200, 60_700, false],
  ])
  expect(shapes.cost.parse((await ask('GET', `${OF_CALL}/cost`)).body).pricesOf).toBe('2026-11-01')
  expect(told(await rows())).toEqual(
    ['opened', 'lines', 'transcript', 'cost'].map(action => `Sam (supervisor) ${action} ${CALL_ID}`),
  )
})

test('a journal comes with gzip to whoever takes it', async () => {
  const { asking, cookieOf } = await staffServer()
  const ask = asking(await cookieOf('supervisor'))
  const lines = (accepted: string) => ask('GET', `${OF_CALL}/lines`, undefined, { 'accept-encoding': accepted })
  const plain = await lines('identity')
  for (const [accepted, encoding] of [
    ['br, gzip', 'gzip'],
    ['gzip;q=0', null],
    ['*', null],
  ] as const) {
    const { headers, text } = await lines(accepted)
    expect([accepted, headers.get('content-encoding'), headers.get('vary')]).toEqual([
      ...[accepted, encoding, 'accept-encoding'],
    ])
    expect(text).toBe(plain.text)
  }
})

test('WebVTT has a voice for each cue, and nothing that was said ends one', async () => {
  const { asking, cookieOf } = await staffServer()
  const { text, headers } = await asking(await cookieOf('supervisor'))('GET', `${OF_CALL}/transcript.vtt`)
  expect(headers.get('content-type')).toBe('text/vtt; charset=utf-8')
  expect(text).toMatch(/^WEBVTT\n\n00:00:00\.300 --> 00:00:00\.900\n<v Agent>Hello &lt;there&gt; &amp; welcome\.\n\n/)
  expect(text).toContain('00:00:05.000 --> 00:00:06.000\n<v Agent>I will call you --&gt; at —\n')
  expect(text).toContain('00:01:00.200 --> 00:01:00.700\n<v Agent>You are back.\n')
})

test('a listener sees no number, however it is written, in no answer', async () => {
  const { asking, cookieOf } = await staffServer()
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(await cookieOf('supervisor'))]
  await supervisor('POST', `${OF_CALL}/notes`, { atMs: 1_000, text: `ring back at ${CALLER}` })
  await supervisor('PUT', `${OF_CALL}/tags`, { tags: [`back ${CALLER}`, '5551230123'] })
  const paths = [
    '/staff/api/calls',
    OF_CALL,
    ...['lines', 'transcript', 'transcript.vtt'].map(one => `${OF_CALL}/${one}`),
  ]
  for (const path of paths) {
    const [masked, whole] = [await listener('GET', path), await supervisor('GET', path)]
    expect([masked.status, whole.status]).toEqual([200, 200])
    expect(whole.text).toContain('+15551230123')
    for (const number of [...SAID_NUMBERS, '5551230123', '5551230', '1230123'])
      expect(masked.text).not.toContain(number)
    expect(masked.text).toContain('••• 0123')
  }
  // What listeners write themselves comes back masked too.
  const { body } = await listener('POST', `${OF_CALL}/notes`, { atMs: 5, text: `is it ${CALLER}?` })
  expect(body.text).toBe('is it ••• ••• 0123?')
  const search = await listener('GET', `/staff/api/calls?caller=${encodeURIComponent(CALLER)}`)
  expect([search.status, search.body.error.kind]).toEqual([403, 'forbidden'])
  for (const words of ['5551230123', '555 123 0123', 'five five five one two three']) {
    const path = `/staff/api/calls?words=${encodeURIComponent(words)}`
    expect([words, (await listener('GET', path)).status, (await supervisor('GET', path)).status]).toEqual([
      words,
      403,
      200,
    ])
  }
})

test('a recording is sent whole or in the part that is asked for', async () => {
  const { asking, cookieOf, rows, clock } = await staffServer()
  const cookie = await cookieOf('listener')
  const get = async (range?: string) => {
    const answer = await asking(cookie)('GET', `${OF_CALL}/audio/1`, undefined, range === undefined ? {} : { range })
    const { status, headers, text } = answer
    return [status, headers.get('content-range'), headers.get('content-length'), text.length > 0]
  }
  expect(await get()).toEqual([200, null, '5000', true])
  expect(await get('bytes=0-')).toEqual([206, 'bytes 0-4999/5000', '5000', true])
  expect(await get('bytes=100-1299')).toEqual([206, 'bytes 100-1299/5000', '1200', true])
  expect(await get('bytes=-10')).toEqual([206, 'bytes 4990-4999/5000', '10', true])
  expect(await get('bytes=4000-9999')).toEqual([206, 'bytes 4000-4999/5000', '1000', true])
  expect(await get('bytes=5000-')).toEqual([416, 'bytes */5000', '0', false])
  expect(await get('bytes=1-2,5-6')).toEqual([200, null, '5000', true])
  // A player's many requests are one opening; a minute later it is another.
  expect(told(await rows())).toEqual([`Lea (listener) audio ${CALL_ID}`])
  clock.stall(60_000)
  await get('bytes=200-')
  expect(await rows()).toHaveLength(2)
  expect((await asking(cookie)('GET', `${OF_CALL}/audio/2`)).status).toBe(404)
})

test('the bytes of a part are those of the recording', async () => {
  const { origin, cookieOf } = await staffServer()
  const headers = { cookie: await cookieOf('listener'), range: 'bytes=900-2100' }
  const response = await fetch(`${origin}${OF_CALL}/audio/1`, { headers })
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(WAV.subarray(900, 2_101))
  expect(['bytes=', 'bytes=-', 'bytes=-0', 'items=0-1', 'bytes=3-1'].map(range => rangeOf(range, 9))).toEqual([
    ...['all', 'all', 'unsatisfiable', 'all', 'all'],
  ])
  expect([rangeOf('bytes=-1', 0), rangeOf('bytes=0-', 0)]).toEqual(['unsatisfiable', 'unsatisfiable'])
})

test('notes and tags are kept, deleted, and bounded', async () => {
  const { asking, cookieOf, rows } = await staffServer()
  const ask = asking(await cookieOf('listener'))
  const late = shapes.note.parse((await ask('POST', `${OF_CALL}/notes`, { atMs: 5_000.4, text: ' cut in here ' })).body)
  const early = shapes.note.parse((await ask('POST', `${OF_CALL}/notes`, { atMs: 100, text: 'greeting' })).body)
  expect(late).toMatchObject({ atMs: 5_000, text: 'cut in here', by: 'Lea' })
  const tagged = await ask('PUT', `${OF_CALL}/tags`, { tags: ['slow', 'billing', 'slow'] })
  expect(tagged.body).toEqual({ tags: ['slow', 'billing'] })
  const opened = (await ask('GET', OF_CALL)).body
  expect([opened.tags, opened.notes]).toEqual([
    ['slow', 'billing'],
    [early, late],
  ])
  expect((await ask('DELETE', `${OF_CALL}/notes/${late.id}`)).status).toBe(204)
  expect((await ask('DELETE', `${OF_CALL}/notes/${late.id}`)).status).toBe(404)
  expect((await ask('GET', OF_CALL)).body.notes).toEqual([early])
  for (const text of ['', ' ', 'x'.repeat(2_001)])
    expect((await ask('POST', `${OF_CALL}/notes`, { atMs: 0, text })).status).toBe(400)
  expect((await ask('PUT', `${OF_CALL}/tags`, { tags: ['a,b'] })).status).toBe(400)
  expect((await ask('POST', '/staff/api/calls/CA0/notes', { atMs: 0, text: 'x' })).status).toBe(404)
  expect(told(await rows()).filter(row => row.includes('note '))).toHaveLength(2)
})

test('a query that cannot be read is refused with the part that is wrong', async () => {
  const { asking, cookieOf } = await staffServer()
  const ask = asking(await cookieOf('supervisor'))
  const wrong = [
    'most=0',
    'most=101',
    'outcome=odd',
    'from=yesterday',
    'slowMs=-1',
    'interrupted=1',
    'who=me',
    'after=broken',
  ]
  for (const query of wrong) {
    const { status, body } = await ask('GET', `/staff/api/calls?${query}`)
    expect([query, status, body.error.kind]).toEqual([query, 400, 'invalid'])
  }
  const broken = await ask('GET', '/staff/api/calls?after=broken')
  expect(broken.body.error.message).toBe('after: is no cursor of ours')
  expect(
    (await ask('GET', '/staff/api/calls?from=2026-11-27&to=2026-11-28T10:00:00%2B02:00&failed=false')).status,
  ).toBe(200)
})

test('a caller is forgotten with the notes on their calls, and the audit log names the calls no more', async () => {
  const { asking, cookieOf, rows, database } = await staffServer()
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(await cookieOf('supervisor'))]
  await listener('POST', `${OF_CALL}/notes`, { atMs: 0, text: 'a note' })
  expect((await listener('POST', '/staff/api/callers/forget', { caller: CALLER })).status).toBe(403)
  const { status, body } = await supervisor('POST', '/staff/api/callers/forget', { caller: CALLER })
  expect([status, body]).toEqual([200, { calls: [CALL_ID], later: [] }])
  expect((await supervisor('GET', OF_CALL)).status).toBe(404)
  const notes = await database.db.withTables<{ staff_notes: object }>().selectFrom('staff_notes').selectAll().execute()
  expect(notes).toEqual([])
  expect(told(await rows())).toEqual(['Lea (listener) note', 'Sam (supervisor) forgot-caller'])
  expect(JSON.stringify(await rows())).not.toMatch(/CA1a|0123/)
})

test('a run is one at a time for each person, ends after a minute, and says why it cannot be', async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const stopped: unknown[] = []
  const asked: string[] = []
  const { asking, cookieOf, clock, rows } = await staffServer({
    async whatIf(callId, change, answersBy, signal) {
      asked.push(answersBy)
      if (change.model === 'none') throw new CannotRun('There is no such model.')
      if (change.model !== 'slow') return { callId, turns: [], indicativeFromTurn: null, notes: [] }
      begin()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped.push(signal.reason)
          reject(signal.reason)
        })
      })
    },
  })
  const ask = asking(await cookieOf('supervisor'))
  const run = (body: object) => ask('POST', `${OF_CALL}/what-if`, body)
  const done = await run({ patience: { shortMs: 900 }, bargeIn: { speechMs: 700 } })
  expect([done.status, done.body]).toEqual([200, { callId: CALL_ID, turns: [], indicativeFromTurn: null, notes: [] }])
  expect((await run({ model: 'none' })).body.error).toEqual({ kind: 'busy', message: 'There is no such model.' })
  expect((await run({ patience: { completeMs: 1 } })).status).toBe(400)
  const slow = run({ model: 'slow' })
  await begun
  expect((await run({})).status).toBe(409)
  await clock.advance(60_000)
  expect((await slow).body.error.kind).toBe('too-slow')
  expect(stopped).toHaveLength(1)
  expect((await run({})).status).toBe(200)
  expect((await rows()).filter(({ action }) => action === 'what-if').map(({ detail }) => detail)).toContain(
    'patience bargeIn',
  )
  expect(new Set(asked)).toEqual(new Set(['live provider']))
})

test('a listener’s run costs nothing: nobody answers but the call and the sandbox', async () => {
  const asked: string[] = []
  const { asking, cookieOf, rows } = await staffServer({
    async whatIf(callId, { instructions }, answersBy) {
      asked.push(`${instructions} ${answersBy}`)
      return { callId, turns: [], indicativeFromTurn: null, notes: [] }
    },
  })
  const ask = asking(await cookieOf('listener'))
  expect((await ask('POST', `${OF_CALL}/what-if`, { instructions: 'Be brief.' })).status).toBe(200)
  const other = await ask('POST', `${OF_CALL}/what-if`, { instructions: 'Be brief.', model: 'gpt-9' })
  expect([other.status, other.body.error.kind]).toEqual([403, 'forbidden'])
  expect(asked).toEqual(['Be brief. sandbox'])
  expect(told(await rows())).toEqual([`Lea (listener) what-if ${CALL_ID}`])
})

test('a fixture is shown to all and written by supervisors, but not in production', async () => {
  const saved: string[] = []
  const fixtureFrom = async (_id: string, { name, save }: { name: string; save: boolean }) => {
    if (save) saved.push(name)
    const preview = { transcript: `Caller: at ${CALLER}`, expect: { turns: 1 }, replaced: ['a number'] }
    return { preview, saved: save ? `fixtures/calls/${name}` : null }
  }
  const { asking, cookieOf } = await staffServer({ fixtureFrom })
  const [listener, supervisor] = [asking(await cookieOf('listener')), asking(await cookieOf('supervisor'))]
  const shown = await listener('POST', `${OF_CALL}/fixture`, { name: 'milk' })
  expect(shapes.fixture.parse(shown.body)).toMatchObject({
    saved: null,
    preview: { transcript: 'Caller: at ••• ••• 0123' },
  })
  const wish = { name: 'milk', save: true, expect: { turns: 1 } }
  expect((await listener('POST', `${OF_CALL}/fixture`, wish)).status).toBe(403)
  expect((await supervisor('POST', `${OF_CALL}/fixture`, wish)).body.saved).toBe('fixtures/calls/milk')
  for (const name of ['../milk', 'a/b', '.', 'Milk', ''])
    expect((await supervisor('POST', `${OF_CALL}/fixture`, { name, save: true })).status).toBe(400)
  const production = await staffServer({ fixtureFrom, savesFixtures: false })
  const there = production.asking(await production.cookieOf('supervisor'))
  expect((await there('POST', `${OF_CALL}/fixture`, wish)).status).toBe(403)
  expect(saved).toEqual(['milk'])
})

test('the OpenAPI document has every route and no other, for who is signed in', async () => {
  const provider = { proof: '', start: () => Promise.reject(), finish: () => Promise.reject() }
  const { asking, cookieOf, routes } = await staffServer({}, provider)
  expect((await asking()('GET', '/staff/api/openapi.json')).status).toBe(401)
  const { body } = await asking(await cookieOf('listener'))('GET', '/staff/api/openapi.json')
  const paths: Record<string, Record<string, unknown>> = body.paths
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter(name => name !== 'parameters')
      .map(method => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
  )
  // The document itself, and where browsers are only sent on.
  const others = ['/staff/api/openapi.json', '/staff/api/oidc/start', '/staff/api/oidc/back'].map(path => `GET ${path}`)
  expect([...documented, ...others].toSorted()).toEqual(routes.filter(one => one.includes('/staff/')).toSorted())
})

test('an office with one address may ask often, but not without end', async () => {
  const { asking, cookieOf } = await staffServer()
  const ask = asking(await cookieOf('listener'))
  const statuses = new Map<number, number>()
  for (let asked = 0; asked < 610; asked++) {
    const { status } = await ask('GET', '/staff/api/live')
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  expect([...statuses]).toEqual([
    [200, 600],
    [429, 10],
  ])
  expect((await ask('GET', '/staff/api/calls')).status).toBe(200)
})
