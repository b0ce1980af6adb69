import { expect, test } from 'vitest'
import { entryOf, namesOf, PORTS } from '../../src/providers/catalogue/catalogue.ts'
import { STAND_INS } from '../../src/sandbox/stand-ins.ts'

const entries = PORTS.flatMap(port =>
  namesOf(port).map(name => ({ port, name, entry: entryOf(port, name) ?? expect.fail(name) })),
)
/** Those that the sandbox always opens. */
const USUAL = ['deepgram', 'openai', 'cartesia', 'gemini']

test.each(entries)(
  '$port $name: its stand-in is there, its settings are its own or shared as they are',
  ({ port, entry }) => {
    expect(entry.port).toBe(port)
    if (entry.standIn !== undefined) expect([...USUAL, ...Object.keys(STAND_INS)]).toContain(entry.standIn)
    for (const spec of Object.values(entry.settings)) {
      expect(spec.name).toMatch(/^[A-Z][A-Z\d_]+$/)
      if (spec.kind === 'url') expect(spec.protocols).toContain(new URL(spec.default).protocol)
      if (spec.kind === 'text' && spec.oneOf && spec.default !== undefined) expect(spec.oneOf).toContain(spec.default)
      const others = entries.flatMap(other =>
        Object.values(other.entry.settings).filter(({ name }) => name === spec.name),
      )
      expect(others).toEqual(others.map(() => expect.objectContaining({ kind: spec.kind })))
    }
  },
)

test.each(entries)('$port $name: its code loads', async ({ entry }) => {
  expect(await entry.load()).toBeInstanceOf(Function)
})
