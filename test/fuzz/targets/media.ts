import type { WebSocket } from 'ws'
import { openStreamWriter } from '../../../src/sandbox/twilio/messages.ts'
import { openPhoneServer } from '../../server/phone-server.ts'
import type { Message } from '../mutation/edited-message.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, type OpenTarget, type Target, until } from '../target.ts'

const OTHER = 'CAother'
/** Eight seconds of a call. */
const FRAMES = 400
/** So many messages are sent before the loop turns, as a network delivers them. */
const AT_ONCE = 40
const FRAME_BYTES = 160
const MOST_WARNINGS = 10

/** What the stand-in Twilio sends in a call: speech, keys, marks, and the end. */
function session(callSid: string, pass: string): readonly string[] {
  const writer = openStreamWriter({ streamSid: `MZ${callSid}`, callSid, accountSid: 'AC1' })
  const messages = [writer.connected(), writer.start({ pass })]
  for (let frame = 0; frame < FRAMES; frame++) {
    messages.push(writer.media(Buffer.alloc(FRAME_BYTES, (frame * 37) % 256), frame * 20))
    if (frame % 10 === 5) messages.push(writer.dtmf('7'), writer.mark(`1.${frame}`))
  }
  return [...messages, writer.stop()]
}

/** Sends a message as it is, in as many fragments as it says. */
function send(socket: WebSocket, { data, isBinary, pieces = 1 }: Message): void {
  const each = Math.max(1, Math.ceil(data.length / pieces))
  for (let at = 0; at < Math.max(1, data.length); at += each)
    socket.send(data.subarray(at, at + each), { binary: isBinary, fin: at + each >= data.length }, () => undefined)
}

/** Twilio's media stream at the server's own port, beside another call that must not notice. */
export const media: Target = {
  name: 'media',
  async open(): Promise<OpenTarget> {
    const server = await openPhoneServer()
    const other = await server.onTheLine(OTHER, 'MZother')
    let calls = 0

    /** The other call gets its own frames, one after the other, and nothing else. */
    async function otherGoesOn(): Promise<void> {
      const { all } = other.call.came
      all.length = 0
      other.socket.media('MZother')
      other.socket.press('5', 'MZother')
      await until(() => all.some(({ kind }) => kind === 'digit'), 'the other call waits for its key')
      holds(all.length <= 2, `the other call got ${all.length} things`)
      holds(
        all.every(one => one.kind === 'audio' || (one.kind === 'digit' && one.digit === '5')),
        'the other call has another call’s key',
      )
    }

    return {
      messages: session('CA0', '').length,
      async run(edits) {
        const callSid = `CA${++calls}`
        const edited = editedSession(edits)
        const pass = await server.answered(callSid)
        const { socket, isOpen, closed } = server.dial()
        await isOpen
        socket.on('error', () => undefined)
        const warned = server.warned.all.length
        for (const text of session(callSid, pass)) {
          const { messages, ends } = edited.take({ data: Buffer.from(text), isBinary: false })
          for (const message of messages) send(socket, message)
          if (edited.taken % AT_ONCE === 0) await new Promise(resolve => setImmediate(resolve))
          if (ends || socket.readyState !== socket.OPEN) break
        }
        await otherGoesOn()
        socket.close()
        await closed
        await until(() => !server.live.has(callSid), 'its line is still held')
        holds(server.errors.length === 0, `an error is in the log: ${server.errors[0]}`)
        const warnings = server.warned.all.length - warned
        holds(warnings <= MOST_WARNINGS + 1, `${warnings} warnings of one socket`)
        holds(server.live.size === 1, `${server.live.size} calls are live`)
        // The rig keeps all that happened.
        for (const kept of [server.held.all, server.warned.all, server.nexts]) kept.length = 0
        return { messages: edited.taken, changed: edited.changed }
      },
      close: () => server.close(),
    }
  },
}
