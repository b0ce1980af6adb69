import { createHash, createHmac } from 'node:crypto'

export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

export interface Signed {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly region: string
  readonly body: string
  readonly now: Date
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
const SERVICE = 'polly'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** As AWS wants a query to be signed, however it is sent: in order, with all but RFC 3986's plain letters escaped. */
const queryOf = ({ searchParams }: URL): string =>
  [...searchParams]
    .map(pair => pair.map(escaped).join('='))
    .toSorted()
    .join('&')
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * The headers that sign a request by Signature Version 4. Done here, and at once: aws4fetch signs by WebCrypto, in
 * another thread, of which virtual time knows nothing. A test holds that both sign alike.
 */
export function signedHeaders(
  { accessKeyId, secretAccessKey, sessionToken }: AwsKeys,
  { method, url, region, body, now }: Signed,
): Readonly<Record<string, string>> {
  const atDate = now.toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
  const day = atDate.slice(0, 8)
  const signed = {
    ...{ host: url.host, 'x-amz-date': atDate },
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  }
  const names = Object.keys(signed).toSorted().join(';')
  const lines = Object.entries(signed)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value}\n`)
  const canonical = [method, url.pathname, queryOf(url), lines.join(''), names, sha256(body)].join('\n')
  const scope = `${day}/${region}/${SERVICE}/aws4_request`
  const toSign = [ALGORITHM, atDate, scope, sha256(canonical)].join('\n')
  const key = [region, SERVICE, 'aws4_request'].reduce(hmac, hmac(`AWS4${secretAccessKey}`, day))
  const signature = hmac(key, toSign).toString('hex')
  const { host: _host, ...sent } = signed
  return {
    ...sent,
    authorization: `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}
