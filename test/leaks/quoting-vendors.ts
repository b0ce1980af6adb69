import type { Message } from '../fuzz/mutation/edited-message.ts'
import type { SessionOf } from '../fuzz/wires/edited-wire.ts'

const SAID = /"(?:content|transcript|text)":"((?:[^"\\]|\\.){1,200})"/g
const SHARE = 0.03

/** Vendors that fail every so often, and quote in their errors what they were sent: the key, and what callers said. */
export function quotingVendors(key: string, draw: () => number) {
  let quoted = 0
  const sessionOf: SessionOf = asked => {
    let taken = 0
    return {
      take(message) {
        taken++
        if (draw() > SHARE || message.isBinary) return { messages: [message], ends: false }
        quoted++
        const words = [...asked().matchAll(SAID)].map(([, said = '']) => said).slice(-3)
        const said = `Incorrect API key provided: ${key}; the request said ${words.join(' and ')}`
        const type = 'error'
        const error = { type, code: 401, error: { message: said, type, code: 'x' }, message: said, description: said }
        const text = JSON.stringify(error)
        const isEvent = message.data.includes('data: ')
        const instead: Message = { data: Buffer.from(isEvent ? `data: ${text}\n\n` : text), isBinary: false }
        return { messages: [instead], ends: false }
      },
      get taken() {
        return taken
      },
      changed: 0,
    }
  }
  return { sessionOf, quoted: () => quoted }
}
