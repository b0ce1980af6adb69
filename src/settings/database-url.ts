import { z } from 'zod'

const shape = z.object({
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z
    .string()
    .regex(/^(?:sqlite:.|postgres(?:ql)?:\/\/.)/, 'must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE')
    .optional(),
})

/**
 * Where the server's data are, for commands that need nothing else of its settings. Throws an Error with a line for each
 * setting that is wrong; values are not shown, as they may have a password.
 */
export function whereData(environment: Readonly<Record<string, string | undefined>>): {
  readonly DATA_DIR: string
  readonly DATABASE_URL: string
} {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const read = shape.safeParse(given)
  if (!read.success)
    throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  const { DATA_DIR, DATABASE_URL = `sqlite:${DATA_DIR}/partyline.sqlite` } = read.data
  return { DATA_DIR, DATABASE_URL }
}
