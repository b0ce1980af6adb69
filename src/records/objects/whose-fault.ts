import { StoreRefusal } from './s3.ts'

/** Refusals that say nothing of the object: wrong keys, no bucket, too slow, too many requests. */
const STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 408, 429])
/** It is longer than the store takes, or than a proxy before it does. */
const TOO_LARGE = 413
/**
 * The same, where S3 and those that speak its protocol say 400 or 409: lines that stood still or broke, clocks, keys that
 * expired, settings of the bucket, and too many requests.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const CODES: ReadonlySet<string> = new Set([
  ...['RequestTimeout', 'RequestTimeoutException', 'IncompleteBody', 'OperationAborted', 'PriorRequestNotComplete'],
  ...['RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture'],
  ...['ExpiredToken', 'ExpiredTokenException', 'InvalidToken', 'TokenRefreshRequired', 'AuthorizationHeaderMalformed'],
  ...['InvalidBucketName', 'InvalidBucketState', 'IllegalLocationConstraintException', 'InvalidRegion'],
  ...['SlowDown', 'Throttling', 'ThrottlingException', 'RequestLimitExceeded', 'BandwidthLimitExceeded', 'Busy'],
  ...['ServiceUnavailable', 'InternalError', 'XMinioAdminBucketQuotaExceeded', 'QuotaExceeded', 'AccountProblem'],
])
/** The keys that the bucket's objects are encrypted with: disabled, or not there. */
const KEYS = 'KMS.'

/** Whether an upload failed for what is uploaded, and not for the store, which is waited for. */
export function isOfTheObject(error: unknown): boolean {
  if (!(error instanceof StoreRefusal)) return false
  const { status, code } = error
  if (status === TOO_LARGE) return true
  return (
    status >= 400 && status < 500 && code !== '' && !STATUSES.has(status) && !CODES.has(code) && !code.startsWith(KEYS)
  )
}
