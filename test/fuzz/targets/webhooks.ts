import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { openPhoneServer, PUBLIC_URL } from '../../server/phone-server.ts'
import { editedSession } from '../mutation/session.ts'
import { holds, type OpenTarget, type Target } from '../target.ts'

const TOKEN = 'secret'
const OF_CALL = {
  ...{ AccountSid: `AC${'0'.repeat(32)}`, ApiVersion: '2010-04-01', Direction: 'inbound', To: '+15550100000' },
  ...{ From: '+15551234567', Caller: '+15551234567', FromCity: 'SEATTLE', FromCountry: 'US' },
}
/** What Twilio posts in a call, in order. */
const posts = (CallSid: string): readonly (readonly [path: string, form: Record<string, string>])[] => [
  ['/calls/answer', { ...OF_CALL, CallSid, CallStatus: 'ringing' }],
  ['/calls/stream-status', { ...OF_CALL, CallSid, StreamSid: 'MZ1', StreamEvent: 'stream-started' }],
  ['/calls/stream-status', { ...OF_CALL, CallSid, StreamEvent: 'stream-error', StreamError: 'it broke' }],
  ['/calls/next', { ...OF_CALL, CallSid, CallStatus: 'in-progress', StreamSid: 'MZ1' }],
  ['/calls/rung-out', { ...OF_CALL, CallSid, CallStatus: 'in-progress', Direction: 'outbound-api' }],
  ['/calls/next', { ...OF_CALL, CallSid, DialCallStatus: 'no-answer', DialCallSid: 'CAdial' }],
  ['/calls/status', { ...OF_CALL, CallSid, CallStatus: 'completed', CallDuration: '12' }],
]

/** A form as its JSON was edited: fields may be of any type then, and Twilio sends text. */
function formOf(text: string): URLSearchParams | string {
  try {
    const fields: unknown = JSON.parse(text)
    if (typeof fields !== 'object' || fields === null) return text
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      (Array.isArray(value) ? value.slice(0, 5) : [value]).map(one => [
        name.toWellFormed(),
        (typeof one === 'string' ? one : JSON.stringify(one)).toWellFormed(),
      ]),
    )
    return new URLSearchParams(pairs)
  } catch {
    return text
  }
}

/** Twilio's webhooks, signed as they are, so that they get through the door, and every other time not. */
export const webhooks: Target = {
  name: 'webhooks',
  async open(): Promise<OpenTarget> {
    const server = await openPhoneServer({ transferNumber: '+15557654321' })
    let calls = 0
    return {
      messages: posts('CA0').length,
      async run(edits) {
        const callSid = `CA${(++calls).toString(16).padStart(32, '0')}`
        const edited = editedSession(edits)
        let asked = 0
        for (const [path, form] of posts(callSid)) {
          const { messages } = edited.take({ data: Buffer.from(JSON.stringify(form)), isBinary: false })
          for (const { data, isBinary } of messages) {
            const body = formOf(data.toString('utf8'))
            const fields = Object.fromEntries(new URLSearchParams(String(body)))
            const isSigned = !isBinary
            const signature = isSigned ? getExpectedTwilioSignature(TOKEN, `${PUBLIC_URL}${path}`, fields) : 'forged'
            const answer = await server.app.inject({
              ...{
                method: 'POST',
                url: path,
                payload: String(body),
                remoteAddress: `10.1.${asked++ % 250}.${calls % 250}`,
              },
              headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
            })
            holds(answer.statusCode < 500, `${path} answered ${answer.statusCode}: ${answer.body}`)
            holds(isSigned || answer.statusCode >= 400, `${path} took a forged one`)
            if (answer.headers['content-type']?.toString().startsWith('text/xml'))
              holds(isPlainXml(answer.body), `${path} answered no XML: ${answer.body}`)
          }
        }
        await server.post('/calls/status', { CallSid: callSid, CallStatus: 'completed' })
        holds(server.errors.length === 0, `an error is in the log: ${server.errors[0]}`)
        // The rig keeps all that happened.
        for (const kept of [server.held.all, server.warned.all, server.nexts]) kept.length = 0
        return { messages: edited.taken, changed: edited.changed }
      },
      close: () => server.close(),
    }
  },
}

/** Nothing of what was posted has become a tag of its own. */
const isPlainXml = (text: string): boolean =>
  /^<\?xml[^>]*>/.test(text) &&
  [...text.matchAll(/<\/?([A-Za-z]*)/g)].every(([, name = '']) =>
    /^(?:|Response|Connect|Stream|Parameter|Redirect|Dial|Number|Hangup|Say|Pause|Reject|Play)$/.test(name),
  ) &&
  !/[^\P{Cc}\n\t\r]/u.test(text)
