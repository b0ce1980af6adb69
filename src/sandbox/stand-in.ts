import formbody from '@fastify/formbody'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../conversation/ports.ts'
import type { DelayProfile } from './delays.ts'
import { type Fault, type Faults, faultsRequest, openFaults } from './faults.ts'

/** What every stand-in of a provider is opened with. */
export type StandInOptions = StandInParts &
  ({ readonly port: number; readonly host?: string } | { readonly serve: Serve })

/** Makes the routes reachable, and resolves with their address. */
export type Serve = (app: FastifyInstance) => Promise<string>

/** On a port of this machine, which others reach only where `host` says so; 0 takes a free one. */
export const onPort =
  (port: number, host = '127.0.0.1'): Serve =>
  app =>
    app.listen({ host, port })

/** The same, but a free port where that one is taken. */
export const onPortOrAnother =
  (port: number): Serve =>
  app =>
    onPort(port)(app).catch(cause => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') return onPort(0)(app)
      throw cause
    })

/** What all stand-ins are made of. */
interface StandInParts {
  readonly profile: DelayProfile
  readonly seed: number
  readonly clock: Clock
  readonly faults?: readonly Fault[]
}

/** A stand-in that listens on its own port. */
export interface StandIn {
  /** http://host:port */
  readonly url: string
  readonly faults: Faults
  /** Cuts all connections and frees the port. */
  close(): Promise<void>
}

/** Listens with the routes that `define` adds, and with the routes that set faults. */
export async function openStandIn(
  options: StandInOptions,
  define: (app: FastifyInstance, faults: Faults, signal: AbortSignal) => void,
): Promise<StandIn> {
  const { clock, faults: first = [] } = options
  const serve = 'serve' in options ? options.serve : onPort(options.port, options.host)
  const app = Fastify({ forceCloseConnections: true, bodyLimit: 4 * 1024 * 1024 })
  const closing = new AbortController()
  const faults = openFaults(clock, first)
  await app.register(formbody)
  await app.register(websocket, { options: { maxPayload: 1024 * 1024, perMessageDeflate: false } })
  app.post('/sandbox/faults', async (request, reply) => {
    const asked = faultsRequest.safeParse(request.body)
    if (!asked.success) return reply.code(400).send({ error: z.prettifyError(asked.error) })
    faults.set(asked.data.faults)
    return reply.code(204).send()
  })
  app.get('/sandbox/faults', async () => ({ faults: faults.left() }))
  app.delete('/sandbox/faults', async (_request, reply) => {
    faults.set([])
    return reply.code(204).send()
  })
  define(app, faults, closing.signal)
  return {
    url: await serve(app),
    faults,
    async close() {
      closing.abort(new Error('the stand-in is closed'))
      for (const client of app.websocketServer.clients) client.terminate()
      await app.close()
    },
  }
}
