import { type Answer, ask } from './ask.ts'
import type { AuditPage } from './shapes.ts'

/** `search` begins with a question mark, or is empty. */
export const askAudit = (search: string, signal: AbortSignal): Promise<Answer<AuditPage>> =>
  ask(`audit${search}`, {}, signal)
