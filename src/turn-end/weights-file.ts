import { HASH_BITS } from './features.ts'

/** The trained model: probability = sigmoid(slope · (bias + scale · sum of the features' weights) + shift). */
export interface Weights {
  readonly scale: number
  readonly bias: number
  readonly slope: number
  readonly shift: number
  readonly values: Int8Array
}

const MAGIC = 'PLTE'
/** Raise it whenever normaliser, classes or features change: older weights would give meaningless judgements. */
const VERSION = 1
const HEADER_BYTES = 32
const SIZE = 2 ** HASH_BITS

/** FNV-1a over bytes. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}

/** Header: magic, version, bits, scale, bias, slope, shift, checksum (little endian, four bytes each); then the weights. */
export function encodeWeights(weights: Weights): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + SIZE)
  const view = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(MAGIC))
  view.setUint32(4, VERSION, true)
  view.setUint32(8, HASH_BITS, true)
  for (const [index, value] of [weights.scale, weights.bias, weights.slope, weights.shift].entries()) {
    view.setFloat32(12 + 4 * index, value, true)
  }
  bytes.set(new Uint8Array(weights.values.buffer, weights.values.byteOffset, SIZE), HEADER_BYTES)
  view.setUint32(28, checksum(bytes.subarray(HEADER_BYTES)), true)
  return bytes
}

/** Throws an Error that says what is wrong with the file and what to do; `where` names it. */
export function decodeWeights(bytes: Uint8Array, where: string): Weights {
  const refuse = (what: string): never => {
    throw new Error(`${where}: ${what}; make it again with npm run train:turns -- --data DIR`)
  }
  if (bytes.length < HEADER_BYTES || new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC) {
    return refuse('not a file of turn-end weights')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint32(4, true)
  if (version !== VERSION) return refuse(`weights of version ${version}, this code reads version ${VERSION}`)
  if (view.getUint32(8, true) !== HASH_BITS)
    return refuse(`hashed to ${view.getUint32(8, true)} bits, not ${HASH_BITS}`)
  if (bytes.length !== HEADER_BYTES + SIZE) {
    return refuse(`${bytes.length} bytes long instead of ${HEADER_BYTES + SIZE}`)
  }
  const body = bytes.subarray(HEADER_BYTES)
  if (checksum(body) !== view.getUint32(28, true)) return refuse('damaged (its checksum does not fit)')
  const [scale = 0, bias = 0, slope = 0, shift = 0] = [12, 16, 20, 24].map(at => view.getFloat32(at, true))
  return { scale, bias, slope, shift, values: new Int8Array(body.buffer, body.byteOffset, SIZE) }
}
