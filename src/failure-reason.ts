/** What system errors, SQLite and PostgreSQL mean by their codes. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the file system can only be read',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'a file of that name is in the way',
  EMFILE: 'too many files are open',
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this machine has no such address',
  ECONNREFUSED: 'the connection was refused: nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ETIMEDOUT: 'there was no answer in time',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  CERT_HAS_EXPIRED: 'its TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its TLS certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its TLS certificate is signed by an authority that is not known',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its TLS certificate is signed by an authority that is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its TLS certificate is signed by an authority that is not known',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its TLS certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_INVALID_URL: 'it is no URL that can be read',
  '28P01': 'the password is wrong',
  '28000': 'the user may not log in',
  '3D000': 'there is no such database',
  '42501': 'the user has no permission',
  '53300': 'the database has too many connections',
  '53100': 'the disk of the database is full',
  '25006': 'it can only be read',
  '57P01': 'it was told to close its connections',
  '57P03': 'the database is starting or stopping',
}

/** SQLite's result codes, without the higher bits that extend them. */
const SQLITE_REASONS: Readonly<Record<number, string>> = {
  5: 'it is locked by another process',
  8: 'it can only be read: this user may not write the file or its folder',
  10: 'the disk fails',
  11: 'the file is damaged',
  13: 'the disk is full',
  14: 'the file cannot be opened',
  26: 'the file is not a SQLite database',
}

const LONGEST = 200

/** Why something failed, in one line without passwords. */
export function reasonOf(error: unknown): string {
  // A host with several addresses gives one error for each.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return withoutPassword(String(error))
  const known = reasonOfCode(error) ?? (error.cause === undefined ? undefined : reasonOfCode(error.cause))
  // `fetch` tells its reason only in the cause.
  if (known === undefined && error.message === 'fetch failed' && error.cause) return reasonOf(error.cause)
  return known ?? withoutPassword(error.message === '' ? error.name : error.message)
}

function reasonOfCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return SQLITE_REASONS[error.errcode & 255]
  return 'code' in error ? REASONS[String(error.code)] : undefined
}

function withoutPassword(text: string): string {
  const [line = ''] = text.trim().split('\n')
  return line.replace(/:\/\/[^/\s]*@/g, '://…@').slice(0, LONGEST)
}
