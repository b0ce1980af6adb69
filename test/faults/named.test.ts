import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const FOLDERS = [new URL('./', import.meta.url), new URL('../real-time/', import.meta.url)]
const FAULTS = 30

test(`each of the ${FAULTS} faults that callers must not notice has tests of its name`, async () => {
  const named = new Set<number>()
  for (const folder of FOLDERS)
    for (const name of await readdir(folder))
      if (name.endsWith('.test.ts'))
        for (const [, number] of (await readFile(new URL(name, folder), 'utf8')).matchAll(/\(\s*['"]fault (\d+): /g))
          named.add(Number(number))
  expect([...named].toSorted((one, other) => one - other)).toEqual(Array.from({ length: FAULTS }, (_, i) => i + 1))
})
