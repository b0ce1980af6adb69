import { lstat, open, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { bill, type Component } from './licences.ts'

/** Every file below a folder, from there. Links are files. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter(entry => !entry.isDirectory())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)))
}

/** What the files of a folder take in all. A file with several names counts once. */
export async function bytesOf(folder: string): Promise<number> {
  const seen = new Set<number>()
  let bytes = 0
  for (const path of await filesBelow(folder)) {
    const { ino, size } = await lstat(join(folder, path))
    if (!seen.has(ino)) bytes += size
    seen.add(ino)
  }
  return bytes
}

const packageFile = z.object({ name: z.string(), version: z.string() })

/** The packages below `node_modules` as `name@version`, also those inside others. */
export async function packagesIn(app: string): Promise<ReadonlySet<string>> {
  const roots = (await filesBelow(join(app, 'node_modules'))).filter(path =>
    /(?:^|node_modules\/)(?:@[^/]+\/)?[^/@]+\/package\.json$/.test(path),
  )
  const read = roots.map(async path =>
    packageFile.safeParse(JSON.parse(await readFile(join(app, 'node_modules', path), 'utf8'))),
  )
  const found = await Promise.all(read)
  return new Set(found.flatMap(({ data }) => (data ? [`${data.name}@${data.version}`] : [])))
}

/** The bill of materials of an application. Throws when it is no CycloneDX of Partyline. */
export async function billOf(app: string): Promise<readonly Component[]> {
  const { metadata, components } = bill.parse(JSON.parse(await readFile(join(app, 'sbom.cdx.json'), 'utf8')))
  if (metadata.component.name !== 'partyline') throw new Error(`the bill is that of ${metadata.component.name}`)
  return components
}

const MACHINES: Readonly<Record<number, string>> = { 62: 'x64', 183: 'arm64' }
/** "\x7fELF". */
const ELF = 0x7f454c46
const MACHINE_AT = 18

/** The native libraries below a folder, each with the machine that it is for; `other` where that is not Linux on x64 or arm64. */
export async function nativesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const paths = (await filesBelow(folder)).filter(path => /\.(?:node|so(?:\.\d+)*|dylib|dll|exe)$/.test(path))
  const found = paths.map(async path => {
    const file = await open(join(folder, path))
    try {
      const { buffer } = await file.read(Buffer.alloc(MACHINE_AT + 2), 0, MACHINE_AT + 2, 0)
      const machine = buffer.readUInt32BE(0) === ELF ? MACHINES[buffer.readUInt16LE(MACHINE_AT)] : undefined
      return [path, machine ?? 'other'] as const
    } finally {
      await file.close()
    }
  })
  return new Map(await Promise.all(found))
}
