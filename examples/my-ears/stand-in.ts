import { once } from 'node:events'
import { type HearsAnnounced, openAnnouncedCalls } from 'partyline/sandbox/announced-calls'
import { openStandIn, type StandIn, type StandInOptions } from 'partyline/sandbox/stand-in'

const RATE_HZ = 16_000
const TAKES_MS = 100

/** The service of `my-ears.ts` as far as its wire goes: its words come from what the suite says that it will say. */
export function openMyEarsStandIn(options: StandInOptions & HearsAnnounced): Promise<StandIn> {
  const { clock, announced = openAnnouncedCalls(clock) } = options
  return openStandIn(options, (app, faults, signal) => {
    app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_asked, body, done) => done(null, body))
    app.post<{ Body: Buffer }>('/hear', async (asked, reply) => {
      const status = faults.status()
      if (status !== undefined) return reply.code(status).send({ error: 'injected' })
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const line = faults.join(() => reply.raw.destroy(), gone.signal)
      await clock.sleep(TAKES_MS, AbortSignal.any([signal, gone.signal]))
      switch (line.fate()) {
        case 'drop':
          return reply
        case 'stall':
          await once(gone.signal, 'abort')
          return reply
        case 'malformed':
          return reply.type('application/json').send('{"words":')
        case 'send': {
          const samples = new Int16Array(asked.body.buffer.slice(asked.body.byteOffset, asked.body.byteOffset + asked.body.length))
          const words = announced.wordsIn(undefined, samples, RATE_HZ)
          return { words: words.map(({ text }) => text).join(' ') }
        }
      }
    })
  })
}
