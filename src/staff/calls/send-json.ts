import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyReply } from 'fastify'

/** Not where the client says that it does not take it. */
const TAKES_GZIP = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i
/** Makes a tenth of a journal. The usual level makes a fifteenth, in more than twice the time. */
const LEVEL = 1

/** Sends JSON that comes in pieces, with gzip where the client takes it: an hour's journal has ten megabytes and more. */
export function sendJson(reply: FastifyReply, pieces: AsyncIterable<string>, accepted: string | undefined) {
  const text = Readable.from(pieces, { objectMode: false })
  reply.type('application/json; charset=utf-8').header('vary', 'accept-encoding')
  if (!TAKES_GZIP.test(accepted ?? '')) return reply.send(text)
  const zipped = createGzip({ level: LEVEL })
  // A failure of one ends the other; the reply sees it.
  pipeline(text, zipped, () => undefined)
  return reply.header('content-encoding', 'gzip').send(zipped)
}
