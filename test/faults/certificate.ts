import { generateKeyPairSync, sign } from 'node:crypto'

/** A key and a certificate for `localhost` and 127.0.0.1 that it signed itself, in PEM. */
export interface Certificate {
  readonly key: string
  readonly cert: string
}

const length = (bytes: number): Buffer =>
  bytes < 128
    ? Buffer.from([bytes])
    : bytes < 256
      ? Buffer.from([0x81, bytes])
      : Buffer.from([0x82, bytes >> 8, bytes & 255])
/** One value of DER: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), length(content.length), content])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values)
const text = (tag: number, value: string): Buffer => der(tag, Buffer.from(value))

const ECDSA_WITH_SHA256 = sequence(der(6, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2)))
const COMMON_NAME = der(6, bytes(0x55, 4, 3))
const ALTERNATIVE_NAMES = der(6, bytes(0x55, 0x1d, 0x11))
const CONSTRAINTS = der(6, bytes(0x55, 0x1d, 0x13))

/** Makes one, good from 2020 to 2049. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const name = sequence(der(0x31, sequence(COMMON_NAME, text(0x0c, 'localhost'))))
  const names = sequence(text(0x82, 'localhost'), der(0x87, bytes(127, 0, 0, 1)))
  const isAuthority = sequence(der(1, bytes(0xff)))
  const body = sequence(
    der(0xa0, der(2, bytes(2))),
    der(2, bytes(1)),
    ECDSA_WITH_SHA256,
    name,
    sequence(text(0x17, '200101000000Z'), text(0x17, '491231235959Z')),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(ALTERNATIVE_NAMES, der(4, names)), sequence(CONSTRAINTS, der(4, isAuthority)))),
  )
  const signature = der(3, bytes(0), sign('sha256', body, privateKey))
  const whole = sequence(body, ECDSA_WITH_SHA256, signature)
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  }
}
