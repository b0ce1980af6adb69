import { DocumentError } from './document.ts'

const BOMS = [
  { encoding: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16le', bytes: [0xff, 0xfe] },
  { encoding: 'utf-16be', bytes: [0xfe, 0xff] },
] as const
/** Where a page may say which letters it is written in. */
const HEAD_BYTES = 2_048
const CHARSET = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]{2,40})/i

/**
 * The text of a file: by its byte order mark, by what an HTML page says of itself, as UTF-8, or, where it is not that, as the
 * letters of Western Europe. Throws DocumentError for what is no text.
 */
export function decoded(bytes: Uint8Array, isHtml: boolean): string {
  const bom = BOMS.find(({ bytes: mark }) => mark.every((byte, at) => bytes[at] === byte))
  if (bom) return new TextDecoder(bom.encoding).decode(bytes)
  const said = isHtml ? CHARSET.exec(new TextDecoder('latin1').decode(bytes.subarray(0, HEAD_BYTES)))?.[1] : undefined
  const text =
    (said === undefined ? undefined : tried(bytes, said)) ?? tried(bytes, 'utf-8') ?? tried(bytes, 'windows-1252')
  if (text === undefined || text.includes('\0')) throw new DocumentError('is no text that can be read')
  return text
}

function tried(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    // These bytes are not that, or nobody knows such an encoding.
    return undefined
  }
}
