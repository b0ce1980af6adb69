type Given = Readonly<Record<string, string | undefined>>

/** A line for each setting that production wants otherwise. */
export function wrongInProduction(given: Given): readonly string[] {
  const problems: string[] = []
  if (given.AGENT === 'receptionist')
    problems.push('AGENT: the receptionist has only the tools of the sandbox, and production does not use them')
  if (given.RECORDS_SECRET === undefined)
    problems.push(
      "RECORDS_SECRET: is missing: callers' numbers are sealed with it; make one with `openssl rand -hex 32`",
    )
  if (given.PUBLIC_URL === undefined) problems.push('PUBLIC_URL: is missing: Twilio must know how to reach this server')
  else if (given.PUBLIC_URL.startsWith('http:')) problems.push('PUBLIC_URL: must be https: Twilio streams to wss only')
  return problems
}
