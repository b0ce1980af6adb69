import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The names of all files below a folder, and what is in those whose name ends so. */
export async function written(folder: string, ending: string) {
  const names = await readdir(folder, { recursive: true })
  const contents = await Promise.all(
    names.filter(name => name.endsWith(ending)).map(name => readFile(join(folder, name), 'utf8')),
  )
  return { names, contents }
}
