import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'

/**
 * 16 MB and about 40 ms per hash, which a server can spare during calls. Each hash stores its own cost, so this can be
 * raised.
 */
const COST = { N: 16_384, r: 8, p: 1 }
const HASH_BYTES = 32
const SALT_BYTES = 16
const STORED = /^scrypt:(\d+):(\d+):(\d+):([\w-]+):([\w-]+)$/

const derive = (pin: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(pin, salt, HASH_BYTES, cost, (error, hash) => (error ? reject(error) : resolve(hash))),
  )

/** What is stored of a PIN: `scrypt:N:r:p:SALT:HASH`, salt and hash in base64url. */
export async function hashOf(pin: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(pin, salt, COST)
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join(':')
}

/**
 * Whether the PIN matches the stored hash. It takes as long without a hash, so that the timing reveals nothing. Throws
 * when the hash cannot be read.
 */
export async function matches(pin: string, stored: string | undefined): Promise<boolean> {
  if (stored === undefined) {
    await derive(pin, Buffer.alloc(SALT_BYTES), COST)
    return false
  }
  const [, N, r, p, salt = '', hash = ''] = STORED.exec(stored) ?? []
  if (hash === '') throw new Error('the hash of a PIN cannot be read')
  const ours = Buffer.from(hash, 'base64url')
  const theirs = await derive(pin, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) })
  return ours.length === theirs.length && timingSafeEqual(ours, theirs)
}
