import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** The parameters of scrypt (RFC 7914): 128 · N · r bytes of memory, and time that grows with N · r · p. */
export interface HashCost {
  readonly N: number
  readonly r: number
  readonly p: number
}

/**
 * 16 MB and about 40 ms per hash, which a server can spare during calls. Each hash stores its own cost, so this can be
 * raised.
 */
export const HASH_COST: HashCost = { N: 16_384, r: 8, p: 1 }
const HASH_BYTES = 32
const SALT_BYTES = 16
const STORED = /^scrypt:(\d+):(\d+):(\d+):([\w-]+):([\w-]+)$/

const derive = (pin: string, salt: Buffer, cost: HashCost): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(pin, salt, HASH_BYTES, cost, (error, hash) => (error ? reject(error) : resolve(hash))),
  )

/** What is stored of a PIN: `scrypt:N:r:p:SALT:HASH`, salt and hash in base64url. */
export async function hashOf(pin: string, cost: HashCost): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(pin, salt, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), hash.toString('base64url')].join(':')
}

/**
 * Whether the PIN matches the stored hash. Without one it takes as long as a hash of this cost, so that the timing reveals
 * nothing. Throws when the hash cannot be read.
 */
export async function matches(pin: string, stored: string | undefined, cost: HashCost): Promise<boolean> {
  if (stored === undefined) {
    await derive(pin, Buffer.alloc(SALT_BYTES), cost)
    return false
  }
  const [, N, r, p, salt = '', hash = ''] = STORED.exec(stored) ?? []
  if (hash === '') throw new Error('the hash of a PIN cannot be read')
  const ours = Buffer.from(hash, 'base64url')
  const theirs = await derive(pin, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}
