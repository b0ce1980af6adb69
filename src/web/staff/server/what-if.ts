import { asJson } from '../../server/ask.ts'
import { type Answer, ask, inCall } from './ask.ts'
import type { Change, Fixture, WhatIfReport } from './shapes.ts'

/** The server stops a run after a minute. */
const RUN_WITHIN_MS = 75_000

export const runWhatIf = (callId: string, change: Change, signal: AbortSignal): Promise<Answer<WhatIfReport>> =>
  ask(inCall(callId, '/what-if'), asJson('POST', change), signal, RUN_WITHIN_MS)

export const previewFixture = (callId: string, name: string, signal: AbortSignal): Promise<Answer<Fixture>> =>
  ask(inCall(callId, '/fixture'), asJson('POST', { name }), signal, RUN_WITHIN_MS)

export const saveFixture = (
  callId: string,
  name: string,
  expect: unknown,
  signal: AbortSignal,
): Promise<Answer<Fixture>> =>
  ask(inCall(callId, '/fixture'), asJson('POST', { name, save: true, expect }), signal, RUN_WITHIN_MS)
