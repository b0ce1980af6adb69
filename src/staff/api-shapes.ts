import { z } from 'zod'

/**
 * The requests and answers of /staff/api. The routes validate requests with these schemas, and the OpenAPI document is
 * made of them. Times that end in `Ms` are milliseconds from the start of the call's first attempt, unless they say
 * otherwise; `startedAt` and `at` are ISO 8601 in UTC.
 */

export const ROLES = ['listener', 'supervisor'] as const
/** A listener hears calls and reads them, with masked numbers. A supervisor sees numbers, and may act. */
export type Role = (typeof ROLES)[number]

const role = z.enum(ROLES)
const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number like +15551234567')
const isFlag = z.enum(['true', 'false']).transform(text => text === 'true')
export const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .refine(
      text => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number)
const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform(text => new Date(text).toISOString())
  .describe('ISO 8601; a date alone is its midnight in UTC')

export const callId = z.string().regex(/^[\w-]{1,64}$/, 'must be the id of a call')
export const callPath = z.object({ id: callId })
export const audioPath = z.object({ id: callId, attempt: wholeNumber(1, 99) })
export const notePath = z.object({ id: callId, noteId: z.string().regex(/^[\w-]{1,40}$/, 'must be the id of a note') })

// Who looks.

export const me = z.object({ name: z.string(), role })
/** How one can sign in. `help` says how to set a password up, where there is no way yet. */
export const signedOut = z.object({
  error: z.object({ kind: z.literal('signed-out'), message: z.string() }),
  ways: z.object({ oidc: z.boolean(), password: z.boolean() }),
  help: z.string().nullable(),
})
export const signIn = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(80, 'must have 80 characters at most')
    .regex(/^[^\p{C}]*$/u, 'must be printable')
    .describe('Who looks; it is written to the audit log'),
  role,
  password: z.string().min(1).max(200),
})

// Calls.

export const outcome = z.enum(['hung-up', 'goodbye', 'transferred', 'failed', 'killed'])
export const tag = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^\p{C},]+$/u, 'must be printable, without commas')

export const callQuery = z.strictObject({
  from: instant.optional(),
  to: instant.optional(),
  outcome: outcome.optional(),
  agent: z.string().min(1).max(80).optional(),
  tag: tag.optional(),
  slowMs: wholeNumber(0, 600_000).optional().describe('The 95th percentile of the latency is at least this'),
  interrupted: isFlag.optional(),
  failed: isFlag.optional(),
  words: z.string().min(1).max(200).optional().describe('All of these are in the transcript'),
  caller: e164.optional().describe('For supervisors'),
  after: z.string().min(1).max(300).optional().describe('`next` of the page before'),
  most: wholeNumber(1, 100).default(50),
})

export const callSummary = z.object({
  callId: z.string(),
  agent: z.string(),
  channel: z.string(),
  direction: z.enum(['inbound', 'outbound']).describe('Who has made the call: outbound where the server rang somebody'),
  startedAt: z.string(),
  lengthMs: z.number(),
  outcome,
  turns: z.number(),
  latencyP50Ms: z.number().nullable(),
  latencyP95Ms: z.number().nullable(),
  interruptions: z.number(),
  errors: z.number(),
  costUsd: z.number(),
  mos: z
    .number()
    .nullable()
    .describe('An estimate of the worse leg by the E-model: 1 to 4.41; null where nobody knows'),
  lossPercent: z.number().nullable().describe('Sound that did not come'),
  jitterMs: z.number().nullable(),
  tags: z.array(z.string()).readonly(),
  caller: z.string().nullable().describe('E.164; masked for listeners; null where it is withheld or no telephone'),
})
export const callPage = z.object({ calls: z.array(callSummary).readonly(), next: z.string().nullable() })

export const note = z.object({
  id: z.string(),
  atMs: z.number(),
  text: z.string(),
  by: z.string(),
  at: z.string(),
})
export const newNote = z.strictObject({
  atMs: z.number().min(0).max(86_400_000),
  text: z.string().trim().min(1).max(2_000),
})
export const tags = z.strictObject({ tags: z.array(tag).max(20) })

/** One stream of the call. Its lines' `atMs` and its audio count from its own start, which is `startMs`. */
export const attempt = z.object({ attempt: z.number(), audio: z.boolean(), startMs: z.number() })
export const openedCall = callSummary.extend({
  attempts: z.array(attempt).readonly(),
  notes: z.array(note).readonly(),
})

/** The waveform of one attempt's recording. */
export const peaks = z.object({
  lengthMs: z.number().describe('Of the recording'),
  peakMs: z.number().describe('How long one peak stands for'),
  caller: z.base64().describe('A byte for each peak: 255 times the square root of its share of full scale'),
  agent: z.base64(),
})

/** As in the journal: `conversation/lines.ts` has the kinds. */
export const journalLine = z.looseObject({ v: z.number(), seq: z.number(), atMs: z.number() })
export const journalLines = z.array(journalLine).readonly()

export const transcript = z.object({
  callId: z.string(),
  entries: z
    .array(
      z.object({
        attempt: z.number(),
        who: z.enum(['caller', 'agent', 'tool']),
        startMs: z.number(),
        endMs: z.number(),
        text: z.string().describe('What was heard; of a tool its name, arguments and result'),
        interrupted: z.boolean(),
      }),
    )
    .readonly(),
})

export const cost = z.object({
  usd: z.number(),
  parts: z
    .array(z.object({ what: z.string(), vendor: z.string(), amount: z.number(), unit: z.string(), usd: z.number() }))
    .readonly(),
  pricesOf: z.string().describe('The day of the prices: YYYY-MM-DD'),
  wasted: z
    .object({ draftsUsd: z.number(), unheardUsd: z.number() })
    .describe('Drafts that were thrown away, and speech that nobody heard: a part of usd'),
})

// What if.

const ms = z.number().min(0).max(60_000)
/** What is different in the run. The names are those of the call's policy in its journal. */
export const change = z.strictObject({
  patience: z.strictObject({ shortMs: ms, middleMs: ms, longMs: ms, finalMs: ms }).partial().optional(),
  bargeIn: z
    .strictObject({ voice: z.enum(['ducked', 'held']), speechMs: ms, backChannelMs: ms })
    .partial()
    .optional(),
  instructions: z.string().min(1).max(20_000).optional(),
  model: z
    .string()
    .regex(/^[\w.:/-]{1,100}$/)
    .optional(),
})

const whatIfSide = z.object({
  startMs: z.number(),
  endOfTurnMs: z.number(),
  latencyMs: z.number().nullable(),
  said: z.string().describe('What was generated'),
  heard: z.string(),
  interrupted: z.boolean().describe('By the caller'),
  ended: z.boolean().describe('The call, or in a run again its recording, ended before the answer did'),
  tools: z.array(z.object({ name: z.string(), arguments: z.string(), result: z.string().nullable() })).readonly(),
  from: z.enum(['recorded', 'live', 'sandbox']).describe('Where the answer came from'),
  costUsd: z.number(),
})
export const whatIfReport = z.object({
  callId: z.string(),
  turns: z
    .array(
      z.object({
        turn: z.number(),
        said: z.string().describe('By the caller'),
        before: whatIfSide.nullable(),
        after: whatIfSide.nullable(),
        changed: z.array(z.enum(['end of turn', 'interrupted', 'words', 'tools', 'latency', 'cost'])).readonly(),
      }),
    )
    .readonly(),
  indicativeFromTurn: z.number().nullable().describe('From here on the caller’s words no longer fit'),
  notes: z.array(z.string()).readonly().describe('What else is to be known of the run, in words'),
})

// Fixtures.

/** Without `save` a preview is made; with it the fixture is written, with the expectations as a person has edited them. */
export const newFixture = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'must be small letters, digits and hyphens'),
  save: z.boolean().default(false),
  expect: z.record(z.string().max(80), z.unknown()).optional(),
})
export const fixture = z.object({
  preview: z.object({
    transcript: z.string(),
    expect: z.record(z.string(), z.unknown()),
    replaced: z.array(z.string()).readonly().describe('What was taken out: names, numbers, PINs'),
  }),
  saved: z.string().nullable().describe('The folder that was written, from the project’s root'),
})

// A caller's data.

export const forget = z.strictObject({ caller: e164 })
export const forgotten = z.object({
  calls: z.array(z.string()).readonly(),
  later: z.array(z.string()).readonly().describe('Calls that go on: they are deleted within a minute of their end'),
})

// Live calls.

export const liveCall = z.object({
  callId: z.string(),
  agent: z.string(),
  channel: z.string(),
  startedAt: z.string(),
  state: z
    .enum(['starting', 'listening', 'hearing', 'settling', 'replying', 'yielding', 'ended'])
    .nullable()
    .describe(
      'Of the turn; starting before the conversation begins, such as while a PIN is asked; null where another server holds the call',
    ),
  costUsd: z.number().nullable().describe('So far, at list prices; null where another server holds the call'),
  caller: z.string().nullable(),
  heldHere: z
    .boolean()
    .describe('False where another server holds the call: listening and stepping in are possible there alone'),
  server: z.string().describe('The name of the server that holds it'),
})
export const liveCalls = z.object({ calls: z.array(liveCall).readonly() })
/** The first text frame of a listening socket. Binary frames are 20 ms of 16-bit little-endian stereo: left the caller. */
export const listening = z.object({
  rateHz: z.number(),
  attempt: z.number(),
  sound: z.boolean().describe('False where calls are not recorded: callers are not told that somebody may listen'),
})
export const whisper = z.strictObject({ text: z.string().trim().min(1).max(500) })
export const transfer = z.strictObject({ number: e164 })

// What goes wrong.

export const KINDS = [
  'invalid',
  'signed-out',
  'wrong-password',
  'forbidden',
  'not-found',
  'busy',
  'elsewhere',
  'limited',
  'too-slow',
  'unavailable',
] as const
export const failed = z.object({
  error: z.object({ kind: z.enum(KINDS), message: z.string().describe('A sentence for a person') }),
})

export type Me = z.infer<typeof me>
export type Note = z.infer<typeof note>
export type OpenedCall = z.infer<typeof openedCall>
export type CallTranscript = z.infer<typeof transcript>
export type LiveCall = z.infer<typeof liveCall>
export type Fixture = z.infer<typeof fixture>
export type WhatIfReport = z.infer<typeof whatIfReport>
export type Change = z.infer<typeof change>
export type FailureKind = (typeof KINDS)[number]
