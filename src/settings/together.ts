type Given = Readonly<Record<string, string | undefined>>

/** Settings of which one is worth nothing without the others. */
const TOGETHER = [
  {
    names: ['LIVEKIT_URL', 'LIVEKIT_API_KEY', 'LIVEKIT_API_SECRET'],
    needs: 'a LiveKit server needs its address, key and secret',
  },
  {
    names: ['S3_BUCKET', 'S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'],
    needs: 'an S3 store needs its bucket, endpoint, region and both keys',
  },
  {
    names: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
    needs: 'a provider of OpenID Connect needs its address, client and secret',
  },
  {
    names: ['RING_OUT_FROM', 'RING_OUT_TO'],
    needs: 'who is rung needs a number from which, and people who may be',
  },
] as const

/** A line for each setting that is missing beside others that are given. */
export function missingBeside(given: Given): readonly string[] {
  const lines = TOGETHER.flatMap(({ names, needs }) => {
    const missing = names.filter(name => given[name] === undefined)
    return missing.length === names.length ? [] : missing.map(name => `${name}: is missing: ${needs}`)
  })
  const hasPeople = given.OIDC_SUPERVISORS !== undefined || given.OIDC_LISTENERS !== undefined
  const nobody = given.OIDC_ISSUER !== undefined && !hasPeople
  if (given.RING_OUT_FROM !== undefined && given.TWILIO_ACCOUNT_SID === undefined)
    lines.push('TWILIO_ACCOUNT_SID: is missing: by it Twilio is asked to ring people (RING_OUT_FROM)')
  return nobody ? [...lines, 'OIDC_SUPERVISORS: is missing, as is OIDC_LISTENERS: nobody could look'] : lines
}

/** A line for settings that cannot both be as they are. */
export function clashing({ PORT = '8080', METRICS_PORT }: Given): readonly string[] {
  const isSame = METRICS_PORT !== undefined && METRICS_PORT !== '0' && Number(METRICS_PORT) === Number(PORT)
  return isSame ? ['METRICS_PORT: must be another port than PORT: what everybody reaches has no metrics'] : []
}
