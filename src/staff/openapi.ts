import { z } from 'zod'
import * as shapes from './api-shapes.ts'
import { auditPage, auditQuery } from './audit-shapes.ts'

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...plain } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return plain
}
const json = (schema: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: schemaOf(schema, io) } })
const answer = (description: string, schema: z.ZodType) => ({ description, content: json(schema, 'output') })
const body = (schema: z.ZodType) => ({ required: true, content: json(schema, 'input') })
const bytes = { schema: { type: 'string', format: 'binary' } }

const parameters = (place: 'query' | 'path', { shape }: z.ZodObject) =>
  Object.entries(shape).map(([name, schema]) => ({
    ...{ name, in: place, required: place === 'path' },
    schema: schemaOf(z.object({ [name]: schema }), 'input').properties?.[name] ?? {},
  }))

const DONE = { 204: { description: 'Done' } }
const PROBLEMS = {
  400: answer('The request does not match this document', shapes.failed),
  401: answer('Nobody is signed in', shapes.failed),
  403: answer('The role may not, or the page is another site’s', shapes.failed),
  429: answer('Too many requests, or too many wrong tries', shapes.failed),
  503: answer('It cannot be reached just now', shapes.failed),
}
const MISSING = { 404: answer('There is no such thing', shapes.failed) }
const BUSY = { 409: answer('Not now; the message says why', shapes.failed) }

const operation = (operationId: string, summary: string, responses: object, rest: object = {}) => ({
  ...{ operationId, summary, ...rest },
  responses: { ...responses, ...PROBLEMS },
})
const OF_CALL = { parameters: parameters('path', shapes.callPath) }
const SUPERVISORS = 'For supervisors. '

/** The OpenAPI 3.1 document of /staff/api. */
export function staffOpenApi(version: string, sessionCookie: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Partyline for support staff',
      version,
      description: `Recorded and live calls. A session is a cookie, which POST /staff/api/sign-in sets for twelve hours; a request that changes something must name its page in Origin. Listeners get numbers masked.`,
    },
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: sessionCookie } } },
    security: [{ session: [] }],
    paths: {
      '/staff/api/me': {
        get: {
          ...{ operationId: 'me', summary: 'Who is signed in', security: [{}] },
          responses: {
            200: answer('Who', shapes.me),
            401: answer('Nobody, and how one can sign in', shapes.signedOut),
          },
        },
      },
      '/staff/api/sign-in': {
        post: {
          ...operation('signIn', 'Signs in with a role’s password', { 200: answer('Who', shapes.me) }),
          ...{ security: [{}], requestBody: body(shapes.signIn) },
        },
      },
      '/staff/api/sign-out': { post: { ...operation('signOut', 'Ends the session', DONE), security: [{}] } },
      '/staff/api/calls': {
        get: operation(
          'listCalls',
          'Lists recorded calls, the newest first',
          { 200: answer('A page', shapes.callPage) },
          {
            parameters: parameters('query', shapes.callQuery),
          },
        ),
      },
      '/staff/api/calls/{id}': {
        ...OF_CALL,
        get: operation('getCall', 'One call', { 200: answer('The call', shapes.openedCall), ...MISSING }),
      },
      '/staff/api/calls/{id}/lines': {
        ...OF_CALL,
        get: operation('getLines', 'The journal', { 200: answer('Its lines', shapes.journalLines), ...MISSING }),
      },
      '/staff/api/calls/{id}/audio/{attempt}': {
        parameters: parameters('path', shapes.audioPath),
        get: operation('getAudio', 'The recording: left the caller, right the agent. Honours Range.', {
          200: { description: 'All of it', content: { 'audio/wav': bytes } },
          206: { description: 'A part', content: { 'audio/wav': bytes } },
          416: { description: 'It has no such part' },
          ...MISSING,
        }),
      },
      '/staff/api/calls/{id}/peaks/{attempt}': {
        parameters: parameters('path', shapes.audioPath),
        get: operation('getPeaks', 'The recording’s waveform', { 200: answer('It', shapes.peaks), ...MISSING }),
      },
      '/staff/api/calls/{id}/transcript': {
        ...OF_CALL,
        get: operation('getTranscript', 'What was said and heard', {
          200: answer('The transcript', shapes.transcript),
          ...MISSING,
        }),
      },
      '/staff/api/calls/{id}/transcript.vtt': {
        ...OF_CALL,
        get: operation('getWebVtt', 'The same as WebVTT', {
          200: { description: 'The transcript', content: { 'text/vtt': { schema: { type: 'string' } } } },
          ...MISSING,
        }),
      },
      '/staff/api/calls/{id}/cost': {
        ...OF_CALL,
        get: operation('getCost', 'What it cost', { 200: answer('The cost', shapes.cost), ...MISSING }),
      },
      '/staff/api/calls/{id}/tags': {
        ...OF_CALL,
        put: operation(
          'setTags',
          'Replaces the tags',
          { 200: answer('The tags', shapes.tags), ...MISSING },
          {
            requestBody: body(shapes.tags),
          },
        ),
      },
      '/staff/api/calls/{id}/notes': {
        ...OF_CALL,
        post: operation(
          'addNote',
          'Writes a note on a moment',
          { 201: answer('The note', shapes.note), ...MISSING, ...BUSY },
          {
            requestBody: body(shapes.newNote),
          },
        ),
      },
      '/staff/api/calls/{id}/notes/{noteId}': {
        parameters: parameters('path', shapes.notePath),
        delete: operation('deleteNote', 'Deletes a note', { ...DONE, ...MISSING }),
      },
      '/staff/api/calls/{id}/what-if': {
        ...OF_CALL,
        post: operation(
          'whatIf',
          'Runs the call again with something changed, for a minute at most. Live providers answer supervisors alone.',
          {
            200: answer('Both runs, turn by turn', shapes.whatIfReport),
            504: answer('It took longer than a minute', shapes.failed),
            ...{ ...MISSING, ...BUSY },
          },
          { requestBody: body(shapes.change) },
        ),
      },
      '/staff/api/calls/{id}/fixture': {
        ...OF_CALL,
        post: operation(
          'makeFixture',
          'Shows what a fixture of the call would be, or writes it (for supervisors, not in production)',
          { 200: answer('The fixture', shapes.fixture), ...MISSING, ...BUSY },
          { requestBody: body(shapes.newFixture) },
        ),
      },
      '/staff/api/callers/forget': {
        post: operation(
          'forgetCaller',
          `${SUPERVISORS}Deletes every trace of a caller’s calls`,
          { 200: answer('The calls that were deleted, or will be', shapes.forgotten) },
          { requestBody: body(shapes.forget) },
        ),
      },
      '/staff/api/audit': {
        get: operation(
          'listAudit',
          `${SUPERVISORS}Who looked at which call, and what they did, the latest first`,
          { 200: answer('A page', auditPage) },
          { parameters: parameters('query', auditQuery) },
        ),
      },
      '/staff/api/live': {
        get: operation('listLive', 'The calls that go on, at all servers of this database', {
          200: answer('They', shapes.liveCalls),
        }),
      },
      '/staff/api/live/{id}/listen': {
        ...OF_CALL,
        get: operation('listen', 'A WebSocket: text frames are journal lines, binary ones 20 ms of stereo', {
          101: answer('The first text frame', shapes.listening),
          ...{ ...MISSING, ...BUSY },
        }),
      },
      '/staff/api/live/{id}/whisper': {
        ...OF_CALL,
        post: operation(
          'whisper',
          `${SUPERVISORS}Gives the agent a hint that the caller does not hear`,
          { ...DONE, ...MISSING, ...BUSY },
          {
            requestBody: body(shapes.whisper),
          },
        ),
      },
      '/staff/api/live/{id}/transfer': {
        ...OF_CALL,
        post: operation(
          'transfer',
          `${SUPERVISORS}Puts the caller through`,
          { ...DONE, ...MISSING, ...BUSY },
          {
            requestBody: body(shapes.transfer),
          },
        ),
      },
      '/staff/api/live/{id}/end': {
        ...OF_CALL,
        post: operation('endCall', `${SUPERVISORS}Ends the call`, { ...DONE, ...MISSING, ...BUSY }),
      },
    },
  }
}
