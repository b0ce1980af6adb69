import { z } from 'zod'
import { e164 } from './shapes.ts'

const PREFIX = /^\+[1-9]\d{0,14}$/

/** Settings of calls that the server makes itself, by the names of their environment variables. It makes none without both. */
export const RING_OUT_SETTINGS = {
  /** The own number from which people are rung: of the account, or verified by it. */
  RING_OUT_FROM: e164.optional(),
  /** Who may be rung: numbers, and beginnings of numbers such as +4930, with commas. */
  RING_OUT_TO: z
    .string()
    .transform(text => text.split(',').map(part => part.trim()))
    .refine(
      parts => parts.every(part => PREFIX.test(part)),
      'must be numbers, or beginnings of numbers such as +4930, with commas',
    )
    .optional(),
}
