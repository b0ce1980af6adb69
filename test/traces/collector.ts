import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

interface Received {
  readonly resource: Readonly<Record<string, unknown>>
  readonly spans: readonly OtlpSpan[]
  readonly headers: IncomingMessage['headers']
}
/** A span as OTLP's JSON has it. */
export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly status: { readonly code?: number }
}

type Answer = (response: ServerResponse) => void
export const accepts: Answer = response => response.writeHead(200, { 'content-type': 'application/json' }).end('{}')

/** An OTLP receiver over HTTP that answers as it is told. */
export async function openCollector(answer: Answer = accepts) {
  const received: Received[] = []
  const arrived = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    let body = ''
    try {
      for await (const part of request) body += part
    } catch {
      return
    }
    arrived.resolve()
    if (request.url !== '/v1/traces' || request.method !== 'POST') return void response.writeHead(404).end()
    for (const { resource, scopeSpans } of JSON.parse(body).resourceSpans)
      received.push({
        resource: valuesOf(resource.attributes),
        spans: scopeSpans.flatMap((scope: { spans: OtlpSpan[] }) => scope.spans),
        headers: request.headers,
      })
    answer(response)
  }).listen(0, '127.0.0.1')
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  onTestFinished(close)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, received, arrived: arrived.promise, close }
}

export const valuesOf = (attributes: OtlpSpan['attributes']): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
