import { randomUUID } from 'node:crypto'

/** The body of a refusal, as the vendor's API sends it from version 2026-03-01 on. */
export function errorBody(why: string): object {
  return { error_code: null, title: why, message: why, request_id: randomUUID() }
}
