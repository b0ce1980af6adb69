import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { CallAudio } from '../../records/records.ts'

/** The bytes that a Range header asks for: from, and the one after the last. */
export type ByteRange = { readonly from: number; readonly to: number } | 'all' | 'unsatisfiable'

/** Reads `bytes=…`. Several ranges, and what cannot be read, count as none, as RFC 9110 allows. */
export function rangeOf(header: string | undefined, bytes: number): ByteRange {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'all'
  if (first === '') {
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'unsatisfiable' : { from: bytes - length, to: bytes }
  }
  const from = Number(first)
  const to = last === '' ? bytes : Math.min(Number(last) + 1, bytes)
  if (last !== '' && Number(last) < from) return 'all'
  return from >= bytes ? 'unsatisfiable' : { from, to }
}

/** Sends a recording, or the part of it that is asked for. */
export function sendAudio(reply: FastifyReply, audio: CallAudio, range: string | undefined, signal: AbortSignal) {
  const { bytes } = audio
  const asked = rangeOf(range, bytes)
  reply.header('accept-ranges', 'bytes').type('audio/wav')
  if (asked === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${bytes}`).send()
  const { from, to } = asked === 'all' ? { from: 0, to: bytes } : asked
  if (asked !== 'all') reply.code(206).header('content-range', `bytes ${from}-${to - 1}/${bytes}`)
  reply.header('content-length', to - from)
  return reply.send(to === from ? '' : Readable.from(audio.read(from, to, signal), { objectMode: false }))
}
