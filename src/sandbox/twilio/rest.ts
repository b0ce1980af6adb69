import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { TwilioCall } from './call.ts'
import type { DocumentSource } from './twiml-verbs.ts'
import { type Refused, type WantedCall, wantedCall } from './wanted-call.ts'

const MOST_TWIML = 4000

const params = z.object({ accountSid: z.string(), file: z.string().regex(/^CA[0-9a-f]{32}\.json$/) })
const update = z.object({
  Url: z.url().optional(),
  Twiml: z.string().optional(),
  Status: z.enum(['completed', 'canceled']).optional(),
})

export interface Account {
  readonly accountSid: string
  readonly authToken: string
}

/** A call as the REST API shows it. */
export interface RestCall {
  readonly call: Omit<TwilioCall, 'done' | 'leave'>
  readonly direction?: 'inbound' | 'outbound-api'
  readonly from: string
  readonly to: string
  readonly startedAt: Date
}

/**
 * The part of Twilio's REST API that makes and changes calls: POST of a new one, GET and POST of one, with Twilio's own
 * errors. `make` rings somebody.
 */
export function callRoutes(
  app: FastifyInstance,
  account: Account,
  find: (callSid: string) => RestCall | undefined,
  make: (wanted: WantedCall) => RestCall | Refused,
): void {
  const path = '/2010-04-01/Accounts/:accountSid/Calls/:file'

  app.post('/2010-04-01/Accounts/:accountSid/Calls.json', (request, reply) => {
    if (!isAllowed(request, reply)) return
    const wanted = wantedCall(request.body)
    const made = 'code' in wanted ? wanted : make(wanted)
    if ('code' in made) return fail(reply, made.status ?? 400, made.code, made.message)
    return reply.code(201).send(resource(account, made))
  })

  app.get(path, (request, reply) => {
    const found = findCall(request, reply)
    return found && resource(account, found)
  })

  app.post(path, (request, reply) => {
    const found = findCall(request, reply)
    if (!found) return
    const parsed = update.safeParse(request.body ?? {})
    if (!parsed.success) return fail(reply, 400, 20001, `Invalid parameter: ${parsed.error.issues[0]?.path.join('.')}`)
    const { Url, Twiml, Status } = parsed.data
    if (Url !== undefined && Twiml !== undefined) return fail(reply, 400, 21218, 'Url and Twiml exclude each other')
    if (Twiml && Twiml.length > MOST_TWIML)
      return fail(reply, 400, 20001, `Twiml is longer than ${MOST_TWIML} characters`)
    const { call } = found
    const done = Status ? call.complete() : call.replace(sourceOf(Url, Twiml))
    if (!done) return fail(reply, 400, 21220, 'Call is not in-progress. Cannot redirect.')
    return resource(account, found)
  })

  function isAllowed(request: FastifyRequest, reply: FastifyReply): boolean {
    if (isAuthorized(request.headers.authorization, account)) return true
    fail(reply.header('WWW-Authenticate', 'Basic realm="Twilio API"'), 401, 20003, 'Authenticate')
    return false
  }

  function findCall(request: FastifyRequest, reply: FastifyReply): RestCall | undefined {
    if (!isAllowed(request, reply)) return undefined
    const parsed = params.safeParse(request.params)
    const found =
      parsed.success && parsed.data.accountSid === account.accountSid
        ? find(parsed.data.file.slice(0, -'.json'.length))
        : undefined
    if (!found) fail(reply, 404, 20404, `The requested resource ${request.url} was not found`)
    return found
  }
}

function sourceOf(url: string | undefined, twiml: string | undefined): DocumentSource {
  return url === undefined ? { kind: 'twiml', twiml: twiml ?? '<Response/>' } : { kind: 'url', url, form: {} }
}

function isAuthorized(header: string | undefined, { accountSid, authToken }: Account): boolean {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`)
  const given = Buffer.from(header ?? '')
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

function resource({ accountSid }: Account, { call, from, to, startedAt, direction = 'inbound' }: RestCall): object {
  return {
    sid: call.callSid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    direction,
    from,
    to,
    status: call.status,
    start_time: startedAt.toUTCString(),
    uri: `/2010-04-01/Accounts/${accountSid}/Calls/${call.callSid}.json`,
  }
}

function fail(reply: FastifyReply, status: number, code: number, message: string): FastifyReply {
  const more_info = `https://www.twilio.com/docs/errors/${code}`
  return reply.code(status).send({ code, message, more_info, status })
}
