import { readFile } from 'node:fs/promises'
import { IANAZone } from 'luxon'
import { z } from 'zod'

const SHORTEST_TOKEN = 16

const tokens = z
  .array(
    z.strictObject({
      token: z
        .string()
        .min(SHORTEST_TOKEN, `must have ${SHORTEST_TOKEN} characters or more`)
        .regex(/^\S+$/, 'must not contain spaces'),
      owner: z.string().min(1).max(200),
      zone: z
        .string()
        .refine(zone => IANAZone.isValidZone(zone), 'must be a time zone such as Europe/Berlin')
        .optional(),
    }),
  )
  .refine(all => new Set(all.map(({ token }) => token)).size === all.length, 'has the same token twice')

/** A bearer token that gives access to the owner's tasks. Dates are said in the zone (IANA), or else in the server's. */
export type TaskToken = z.infer<typeof tokens>[number]

/** The tokens file is invalid. `problems` has a line for each mistake and never quotes a token. */
export class TokensError extends Error {
  override readonly name = 'TokensError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** Reads `[{"token": …, "owner": …, "zone"?: …}, …]`. Throws TokensError. */
export async function readTokens(path: string): Promise<readonly TaskToken[]> {
  let given: unknown
  try {
    given = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    // The parser's message quotes the file, which may contain a token.
    const why = error instanceof Error && 'code' in error ? `cannot be read (${String(error.code)})` : 'is not JSON'
    throw new TokensError([`${path}: ${why}`])
  }
  const read = tokens.safeParse(given)
  if (read.success) return read.data
  const lines = read.error.issues.map(
    ({ path: place, message }) => `${path}: ${place.join('.') || 'the list'}: ${message}`,
  )
  throw new TokensError(lines)
}
