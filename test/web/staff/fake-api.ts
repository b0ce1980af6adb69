import { Readable } from 'node:stream'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyReply } from 'fastify'
import { PEAK_MS, soundPeaks } from '../../../src/audio/peaks.ts'
import { decodeWav, wavHeader } from '../../../src/audio/wav.ts'
import { BUILT_PAGE, page } from '../../../src/page.ts'
import { seeded } from '../../../src/sandbox/chance.ts'
import { longCall } from './long-call.ts'
import type { RungCall } from './rung-calls.ts'

/** The staff API by script: real journals and recordings of calls rung in virtual time, behind the built console. */
export interface FakeApi {
  readonly url: string
  /** What was asked of it besides reading, such as `POST live/CA1/end`, with its body. */
  readonly asked: { readonly what: string; readonly body: unknown }[]
  /** What the page asked for to read. */
  readonly read: string[]
  close(): Promise<void>
}

export interface FakeApiOptions {
  readonly calls: readonly RungCall[]
  readonly port?: number
  /** Whether a hidden session is there from the start. */
  readonly isSignedIn?: boolean
  /** Of that session; a supervisor's when left out. */
  readonly role?: 'listener' | 'supervisor'
  readonly ways?: { readonly oidc: boolean; readonly password: boolean }
  /** How often the last of the calls is told in a row, as one long call. */
  readonly longTimes?: number
}

const OUTCOMES = ['hung-up', 'goodbye', 'transferred', 'failed', 'killed'] as const
const PAGE = 50
const PASSWORD = 'open sesame'
const FRAME_MS = 20

export async function serveFakeApi(options: FakeApiOptions): Promise<FakeApi> {
  const { calls: rung, ways = { oidc: true, password: true }, longTimes = 0 } = options
  let me: { name: string; role: string } | undefined =
    options.isSignedIn === true ? { name: 'Ada', role: options.role ?? 'supervisor' } : undefined
  const asked: { what: string; body: unknown }[] = []
  const read: string[] = []
  const lifetime = new AbortController()
  const kept = new Map(rung.map(call => [call.callId + call.name, call]))
  const last = rung.at(-1)
  if (last && longTimes > 0) {
    const { pcm, rateHz } = decodeWav(last.wav)
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)
    const sound = Buffer.concat(Array.from({ length: longTimes }, () => bytes))
    const wav = Buffer.concat([wavHeader(sound.length, rateHz, 2), sound])
    kept.set('long', { ...last, name: 'long', lines: longCall(last.lines, longTimes), wav })
  }
  // A call that came back after a transfer: its second attempt counts its time and its lines anew.
  const [once] = rung
  const pauseMs = 4_000
  if (once) kept.set('twice', { ...once, name: 'twice', lines: [...once.lines, ...once.lines] })
  const draw = seeded(7)
  const summaries = [
    ...[...kept].map(([callId, call]) => summaryOf(callId, call)),
    ...Array.from({ length: 130 }, (_, at) => ({
      ...{ callId: `CA${String(at).padStart(4, '0')}`, agent: draw() < 0.5 ? 'receptionist' : 'task-manager' },
      ...{ channel: 'phone', startedAt: new Date(Date.UTC(2026, 10, 26, 18) - at * 3_700_000).toISOString() },
      ...{ lengthMs: 8_000 + draw() * 400_000, outcome: OUTCOMES[Math.floor(draw() * 5)] ?? 'goodbye' },
      ...{ turns: Math.ceil(draw() * 30), latencyP50Ms: 500 + draw() * 700, latencyP95Ms: 900 + draw() * 3_000 },
      ...{ interruptions: Math.floor(draw() * 4), errors: Math.floor(draw() * 1.3), costUsd: draw() * 0.3 },
      ...{ mos: 1 + draw() * 3.4, lossPercent: draw(), jitterMs: draw() * 30 },
      ...{ tags: draw() < 0.2 ? ['billing'] : [], caller: draw() < 0.1 ? null : '+15550100123' },
    })),
  ]
  const audit = Array.from({ length: 120 }, (_, at) => ({
    ...{ id: `row-${at}`, at: new Date(Date.UTC(2026, 10, 27, 9) - at * 61_000).toISOString() },
    ...(at % 3 === 0 ? { name: 'Ada', role: 'supervisor' } : { name: 'Lea', role: 'listener' }),
    ...{ action: ['opened', 'audio', 'what-if', 'signed-in'][at % 4] ?? '', detail: at % 4 === 1 ? 'attempt 1' : '' },
    callId: at % 4 === 3 ? null : `CA${'5d'.repeat(15)}${String(at % 10).padStart(2, '0')}`,
  }))
  const notes = new Map<string, { id: string; atMs: number; text: string; by: string; at: string }[]>()
  const tags = new Map<string, readonly string[]>()

  const app = Fastify()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body === '' ? {} : JSON.parse(String(body))),
  )
  await app.register(websocket)
  const refused = (reply: FastifyReply, status: number, kind: string, message?: string) =>
    reply.code(status).send({ error: { kind, message: message ?? kind }, ways })
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?')[0] ?? ''
    if (!path.startsWith('/staff/api/')) return
    if (request.method === 'GET') read.push(request.url.replace('/staff/api/', ''))
    if (!me && !path.endsWith('/sign-in')) return refused(reply, 401, 'signed-out', 'Sign in first.')
  })
  app.addHook('preHandler', async request => {
    if (request.url.startsWith('/staff/api/') && request.method !== 'GET')
      asked.push({ what: `${request.method} ${request.url.replace('/staff/api/', '')}`, body: request.body })
  })
  app.get('/staff/api/me', async () => me)
  app.post<{ Body: { name: string; role: string; password: string } }>(
    '/staff/api/sign-in',
    async ({ body }, reply) => {
      if (body.password !== PASSWORD) return refused(reply, 401, 'wrong-password')
      me = { name: body.name, role: body.role }
      return me
    },
  )
  app.post('/staff/api/sign-out', async () => {
    me = undefined
    return {}
  })
  app.get<{ Querystring: Record<string, string> }>('/staff/api/calls', async ({ query }) => {
    const fits = summaries.filter(
      call =>
        (query.outcome === undefined || call.outcome === query.outcome) &&
        (query.tag === undefined || call.tags.includes(query.tag)) &&
        (query.interrupted === undefined || call.interruptions > 0) &&
        (query.failed === undefined || call.errors > 0) &&
        (query.slowMs === undefined || (call.latencyP95Ms ?? 0) >= Number(query.slowMs)) &&
        (query.words === undefined || textOf(kept.get(call.callId)).includes(query.words.toLowerCase())),
    )
    const from = query.after === undefined ? 0 : Number(query.after)
    return { calls: fits.slice(from, from + PAGE), next: fits.length > from + PAGE ? String(from + PAGE) : null }
  })
  type ById = { Params: { id: string } }
  app.get<ById>('/staff/api/calls/:id', async ({ params }, reply) => {
    const summary = summaries.find(({ callId }) => callId === params.id)
    if (!summary) return refused(reply, 404, 'not-found', 'There is no such call.')
    const first = { attempt: 1, audio: kept.has(params.id), startMs: 0 }
    const endMs = kept.get(params.id)?.lines.at(-1)?.atMs ?? 0
    const attempts = params.id === 'twice' ? [first, { attempt: 2, audio: true, startMs: endMs + pauseMs }] : [first]
    return { ...summary, tags: tags.get(params.id) ?? summary.tags, attempts, notes: notes.get(params.id) ?? [] }
  })
  app.get<ById>('/staff/api/calls/:id/lines', async ({ params }) => kept.get(params.id)?.lines ?? [])
  app.get<ById>('/staff/api/calls/:id/audio/:attempt', async ({ params, headers }, reply) => {
    const wav = kept.get(params.id)?.wav
    if (!wav) return refused(reply, 404, 'not-found')
    const [, first, until] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? []
    reply.type('audio/wav').header('accept-ranges', 'bytes')
    if (first === undefined) return reply.send(wav)
    const [from, to] = [Number(first), until === '' || until === undefined ? wav.length - 1 : Number(until)]
    return reply
      .code(206)
      .header('content-range', `bytes ${from}-${Math.min(to, wav.length - 1)}/${wav.length}`)
      .send(wav.subarray(from, to + 1))
  })
  app.get<ById>('/staff/api/calls/:id/peaks/:attempt', async ({ params }, reply) => {
    const wav = kept.get(params.id)?.wav
    if (!wav) return refused(reply, 404, 'not-found')
    const { lengthMs, left, right } = await soundPeaks(Readable.from([wav]), wav.length)
    const base64 = (side: Uint8Array): string => Buffer.from(side).toString('base64')
    return { lengthMs, peakMs: PEAK_MS, caller: base64(left), agent: base64(right) }
  })
  app.get<{ Querystring: Record<string, string> }>('/staff/api/audit', async ({ query }, reply) => {
    if (me?.role !== 'supervisor') return refused(reply, 403, 'forbidden')
    const fits = audit.filter(
      ({ name, callId }) =>
        (query.name === undefined || name.toLowerCase() === query.name.toLowerCase()) &&
        (query.call === undefined || callId === query.call),
    )
    const from = query.after === undefined ? 0 : Number(query.after)
    return { rows: fits.slice(from, from + PAGE), next: fits.length > from + PAGE ? String(from + PAGE) : null }
  })
  app.get<ById>('/staff/api/calls/:id/cost', async () => ({
    usd: 0.0412,
    parts: [
      { what: 'telephone line', vendor: 'Twilio', amount: 1, unit: 'minute', usd: 0.0085 },
      { what: 'speech-to-text, nova-3', vendor: 'Deepgram', amount: 30.4, unit: 'second', usd: 0.0039 },
      { what: 'language model gpt-4.1-mini, input', vendor: 'OpenAI', amount: 2_700, unit: 'token', usd: 0.0011 },
      { what: 'language model gpt-4.1-mini, output', vendor: 'OpenAI', amount: 160, unit: 'token', usd: 0.0003 },
      { what: 'voice', vendor: 'Cartesia', amount: 620, unit: 'character', usd: 0.0274 },
    ],
    pricesOf: '2026-11-20',
    wasted: { draftsUsd: 0.0031, unheardUsd: 0.0012 },
  }))
  app.put<ById & { Body: { tags: string[] } }>('/staff/api/calls/:id/tags', async ({ params, body }) => {
    tags.set(params.id, body.tags)
    return { tags: body.tags }
  })
  app.post<ById & { Body: { atMs: number; text: string } }>('/staff/api/calls/:id/notes', async ({ params, body }) => {
    const all = notes.get(params.id) ?? []
    const note = { id: `n${all.length + 1}`, ...body, by: me?.name ?? '', at: '2026-11-27T12:00:00Z' }
    notes.set(params.id, [...all, note])
    return note
  })
  app.delete<{ Params: { id: string; note: string } }>('/staff/api/calls/:id/notes/:note', async ({ params }) => {
    notes.set(
      params.id,
      (notes.get(params.id) ?? []).filter(({ id }) => id !== params.note),
    )
    return {}
  })
  app.post<ById>('/staff/api/calls/:id/what-if', async ({ params }) => ({ callId: params.id, ...WHAT_IF }))
  app.post<ById & { Body: { save?: boolean } }>('/staff/api/calls/:id/fixture', async ({ body }) =>
    body.save === true
      ? { saved: 'fixtures/calls/books-a-table' }
      : {
          preview: {
            transcript: 'Caller: A table for two on Friday, please.\nAgent: That is booked.',
            expect: { agentSays: ['booked'], outcome: 'goodbye' },
            replaced: ['+1 555 010 0123 became +1 555 010 0000', 'one PIN became silence'],
          },
        },
  )
  const live = { ...{ callId: 'CAlive', agent: 'receptionist', channel: 'phone', state: 'replying' } }
  app.get('/staff/api/live', async () => ({
    calls: [
      { ...live, startedAt: new Date(Date.now() - 61_000).toISOString(), caller: '+15550100123', costUsd: 0.0312 },
      {
        ...{ ...live, callId: 'CAelsewhere', startedAt: new Date(Date.now() - 9_000).toISOString() },
        ...{ caller: '+15550100999', costUsd: null, state: null, heldHere: false, server: 'voice-2' },
      },
    ],
  }))
  for (const act of ['whisper', 'transfer', 'end']) app.post(`/staff/api/live/:id/${act}`, async () => ({}))
  app.get('/staff/api/live/:id/listen', { websocket: true }, socket => {
    const call = rung[0]
    if (!call) return socket.close()
    const { pcm, rateHz } = decodeWav(call.wav)
    socket.send(JSON.stringify({ rateHz, attempt: 1, sound: true }))
    let atMs = 0
    let next = 0
    const each = (rateHz * FRAME_MS * 2) / 1_000
    const timer = setInterval(() => {
      for (; (call.lines[next]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs; next++)
        socket.send(JSON.stringify(call.lines[next]))
      const frame = pcm.subarray((atMs / FRAME_MS) * each, (atMs / FRAME_MS + 1) * each)
      if (frame.length > 0) socket.send(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength))
      else socket.close(1_000, 'the call is over')
      atMs += FRAME_MS
    }, FRAME_MS)
    const end = (): void => clearInterval(timer)
    socket.on('close', end)
    lifetime.signal.addEventListener('abort', end, { once: true })
  })
  await page({ folder: BUILT_PAGE, livekitUrl: undefined, overHttps: false })(app)
  const url = await app.listen({ port: options.port ?? 0, host: '127.0.0.1' })
  const close = async (): Promise<void> => {
    lifetime.abort()
    app.server.closeAllConnections()
    await app.close()
  }
  return { url, asked, read, close }
}

function summaryOf(callId: string, { lines, name }: RungCall) {
  const cut = lines.filter(line => 'input' in line && line.input.kind === 'heard' && line.input.cut).length
  return {
    ...{ callId, agent: name === 'tasks' ? 'task-manager' : 'receptionist', channel: 'phone' },
    ...{ startedAt: '2026-11-27T09:00:00.000Z', lengthMs: lines.at(-1)?.atMs ?? 0, outcome: 'goodbye' as const },
    ...{ turns: 5, latencyP50Ms: 540, latencyP95Ms: 1_210, interruptions: cut, errors: 0, costUsd: 0.0412 },
    ...{ mos: 4.36 as number | null, lossPercent: 0.2, jitterMs: 4 },
    ...{ tags: [name], caller: '+15550100123' as string | null },
  }
}

const textOf = (call: RungCall | undefined): string =>
  (call?.lines ?? [])
    .map(line => ('input' in line && 'text' in line.input ? line.input.text : ''))
    .join(' ')
    .toLowerCase()

const side = (more: object) => ({
  ...{ startMs: 5_270, endOfTurnMs: 500, latencyMs: 510, said: 'Gladly. My grandmother opened this house.' },
  ...{ heard: 'Gladly. My grandmother', interrupted: true, tools: [], from: 'recorded', costUsd: 0.0021, ...more },
})
const WHAT_IF = {
  turns: [
    { turn: 1, said: 'Can you tell me about the restaurant?', before: side({}), after: side({}), changed: [] },
    {
      ...{ turn: 2, said: 'Actually, wait, is there a table for two on Friday?' },
      before: side({ startMs: 9_270, interrupted: false }),
      after: side({
        ...{ startMs: 9_270, endOfTurnMs: 1_500, latencyMs: 1_540, from: 'sandbox', interrupted: false },
        tools: [{ name: 'book_table', arguments: '{"guests":2}', result: '{"ok":true}' }],
        ...{ said: 'That is booked: table for two, Friday.', heard: 'That is booked: table for two, Friday.' },
      }),
      changed: ['end of turn', 'latency', 'words', 'tools'],
    },
    { turn: 3, said: 'Thank you. Goodbye.', before: side({}), after: null, changed: ['words'] },
  ],
  indicativeFromTurn: 3,
  notes: ['Tools that change something were not run: their recorded results were used.'],
}
