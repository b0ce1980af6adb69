import { z } from 'zod'
import { answered, failed, listed, listQuery, newTask, taskChange, taskPath } from './rest-shapes.ts'

/** The idempotency key of a change: a change is made once per key. */
export const KEY_HEADER = 'idempotency-key'
/** The IANA time zone in which the page shows dates. */
export const ZONE_HEADER = 'time-zone'

const json = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...plain } = z.toJSONSchema(schema, { io })
  return { 'application/json': { schema: plain } }
}
const answer = (description: string, schema: z.ZodType) => ({ description, content: json(schema, 'output') })
const body = (schema: z.ZodType) => ({ required: true, content: json(schema, 'input') })

const parameters = (place: 'query' | 'path', { shape }: z.ZodObject) =>
  Object.entries(shape).map(([name, schema]) => {
    const { $schema, ...plain } = z.toJSONSchema(z.object({ [name]: schema }), { io: 'input' })
    return { name, in: place, required: place === 'path', schema: plain.properties?.[name] ?? {} }
  })
const header = (name: string, description: string) => ({ name, in: 'header', description, schema: { type: 'string' } })

const ZONE = header(ZONE_HEADER, 'The time zone of the person, such as Europe/Berlin; by default the server’s')
const KEY = header(KEY_HEADER, 'A change is made once per key; repeats get the first answer')
const LIMITED = {
  429: {
    ...answer('Too many requests, or too many new pages with tasks, from this address', failed),
    headers: { 'retry-after': { description: 'Seconds', schema: { type: 'integer' } } },
  },
}
const PROBLEMS = {
  ...LIMITED,
  400: answer('The request does not match this document', failed),
  403: answer('Asked by a page of another site', failed),
  503: answer('The tasks cannot be reached just now', failed),
}
const MISSING = { 404: answer('There is no such task, or nothing to undo', failed) }
const REUSED = { 409: answer('The key was used for another kind of change, or too many tasks are open', failed) }
const UNCLEAR = { 422: answer('A part of the request is not understood', failed) }

/** The OpenAPI 3.1 document of the REST interface. `more` adds the paths of other modules. */
export function openApi(version: string, cookie: string, more: Readonly<Record<string, object>> = {}) {
  const operation = (operationId: string, summary: string, rest: object) => ({ operationId, summary, ...rest })
  return {
    openapi: '3.1.0',
    info: {
      title: 'Partyline tasks',
      version,
      description:
        'The tasks of one person. The answer to a browser’s first request sets a cookie that identifies the person. A request that changes something must name its page in Origin.',
    },
    components: { securitySchemes: { owner: { type: 'apiKey', in: 'cookie', name: cookie } } },
    security: [{}, { owner: [] }],
    paths: {
      '/api/tasks': {
        get: operation('listTasks', 'Lists tasks', {
          parameters: [...parameters('query', listQuery), ZONE],
          responses: { 200: answer('The tasks', listed), ...PROBLEMS },
        }),
        post: operation('createTask', 'Adds a task', {
          parameters: [ZONE, KEY],
          requestBody: body(newTask),
          responses: { 201: answer('The task', answered), ...PROBLEMS, ...REUSED, ...UNCLEAR },
        }),
      },
      '/api/tasks/{id}': {
        parameters: parameters('path', taskPath),
        get: operation('getTask', 'Returns one task', {
          parameters: [ZONE],
          responses: { 200: answer('The task', answered), ...PROBLEMS, ...MISSING },
        }),
        patch: operation('updateTask', 'Changes a task; fields that are left out stay as they are', {
          parameters: [ZONE, KEY],
          requestBody: body(taskChange),
          responses: { 200: answer('The task', answered), ...PROBLEMS, ...MISSING, ...REUSED, ...UNCLEAR },
        }),
        delete: operation('deleteTask', 'Deletes a task', {
          parameters: [ZONE, KEY],
          responses: { 200: answer('The task as it was', answered), ...PROBLEMS, ...MISSING, ...REUSED },
        }),
      },
      '/api/tasks/undo': {
        post: operation('undoLastChange', 'Undoes the last change, within ten minutes', {
          parameters: [ZONE, KEY],
          responses: { 200: answer('The task', answered), ...PROBLEMS, ...MISSING, ...REUSED },
        }),
      },
      ...more,
    },
  }
}
