import type { FastifyInstance } from 'fastify'
import { ASKED_OFTEN, type Asking } from './asking.ts'
import type { Audit } from './audit.ts'
import { auditQuery } from './audit-shapes.ts'
import { checked } from './refusal.ts'

/** The audit log, for supervisors. That somebody begins to read it is written there too. */
export function auditRoutes(app: FastifyInstance, { asking, audit }: { asking: Asking; audit: Audit }): void {
  app.get('/staff/api/audit', ASKED_OFTEN, async request => {
    const who = await asking.who(request, 'supervisor')
    const { name, call, after, most } = checked(auditQuery, request.query)
    if (after === undefined) await asking.wrote(who, 'read-audit', call, name === undefined ? '' : `rows of ${name}`)
    const { rows, next } = await audit.read({ name, callId: call, after, most })
    return { rows: rows.map(({ call_id: callId, ...row }) => ({ ...row, callId })), next }
  })
}
