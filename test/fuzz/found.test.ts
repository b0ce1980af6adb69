import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { EDIT_KINDS } from './mutation/edit.ts'
import { TARGETS } from './targets/all.ts'
import { unhandledErrors } from './unhandled.ts'

const FOLDER = new URL('found/', import.meta.url)
const found = z.array(
  z.strictObject({
    target: z.string(),
    /** What it broke. */
    why: z.string(),
    edits: z.array(z.strictObject({ at: z.int(), kind: z.enum(EDIT_KINDS), where: z.int(), what: z.int() })),
  }),
)
const files = readdirSync(FOLDER).filter(name => name.endsWith('.json'))

test.each(files)('what was found once is taken now: %s', async file => {
  const sessions = found.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')))
  const name = sessions[0]?.target
  const opened = await TARGETS.find(target => target.name === name)?.open()
  if (!opened) throw new Error(`there is no target ${name}`)
  const unhandled = unhandledErrors()
  try {
    for (const { target, edits } of sessions) {
      expect(target).toBe(name)
      expect((await opened.run(edits)).changed).toBeGreaterThan(0)
      await unhandled.none()
    }
  } finally {
    unhandled.close()
    await opened.close()
  }
})
