import { z } from 'zod'
import type { Settings } from '../config.ts'
import type { Answer, Asker } from './asking.ts'
import { type Check, type Finding, note, ok, wrong } from './finding.ts'

const WHAT = 'Twilio'
const NO_FALLBACK =
  '“Primary handler fails” is not set: a call ends whose request gets no answer, as of a server that dies'
/** The most that Twilio gives in one page. */
const PAGE = 1_000

const account = z.object({ status: z.string(), type: z.string().optional() })
const number = z.object({
  sid: z.string(),
  phone_number: z.string(),
  voice_url: z.string().nullable().default(''),
  voice_method: z.string().nullable().default('POST'),
  voice_fallback_url: z.string().nullable().default(''),
  voice_fallback_method: z.string().nullable().default('POST'),
  status_callback: z.string().nullable().default(''),
  status_callback_method: z.string().nullable().default('POST'),
  voice_application_sid: z.string().nullable().default(''),
  trunk_sid: z.string().nullable().default(''),
})
const numbers = z.object({ incoming_phone_numbers: z.array(number) })
type TwilioNumber = z.infer<typeof number>

/** Asks whoever types whether this is to be done. */
export type Agreed = (question: string) => Promise<boolean>

/** The account, and the webhooks of its number. `fix` sets them after a yes; undefined where nothing is to be changed. */
export function twilioCheck(settings: Settings, { ask }: Asker, fix: Agreed | undefined): Check {
  const {
    TWILIO_ACCOUNT_SID: sid,
    TWILIO_API_URL: apiUrl,
    TWILIO_AUTH_TOKEN: token,
    PUBLIC_URL,
    PHONE_NUMBER,
    standIns,
  } = settings
  const api = `${apiUrl}/2010-04-01/Accounts`
  const wanted = { voice: `${PUBLIC_URL}/calls/answer`, status: `${PUBLIC_URL}/calls/status` }
  const headers = { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString('base64')}` }

  const problemsOf = (one: TwilioNumber): readonly string[] => [
    ...(one.trunk_sid ? ['a SIP trunk takes its calls: detach it'] : []),
    ...(one.voice_application_sid ? ['a TwiML app takes its calls: detach it'] : []),
    ...(one.voice_url !== wanted.voice
      ? [`“A call comes in” is ${one.voice_url || 'not set'}, and not ${wanted.voice}`]
      : []),
    ...(one.voice_url === wanted.voice && one.voice_method !== 'POST' ? ['“A call comes in” is not by POST'] : []),
    ...(one.voice_fallback_url === wanted.voice && one.voice_fallback_method !== 'POST'
      ? ['“Primary handler fails” is not by POST']
      : []),
    ...(one.status_callback !== wanted.status || one.status_callback_method !== 'POST'
      ? [`“Call status changes” is not POST ${wanted.status}`]
      : []),
  ]

  const isWell = (one: TwilioNumber): boolean => problemsOf(one).length === 0 && Boolean(one.voice_fallback_url)

  /** The number that is meant: the one of the settings, the only one, or the one that leads here already. */
  function chosen(all: readonly TwilioNumber[]): TwilioNumber | Finding {
    const [first] = all
    if (!first) return wrong(WHAT, 'the account has no number: buy one that takes calls')
    const named = all.find(({ phone_number }) => phone_number === PHONE_NUMBER)
    if (named) return named
    if (PHONE_NUMBER !== undefined)
      return wrong(WHAT, `PHONE_NUMBER (${PHONE_NUMBER}) is none of the account's ${all.length} numbers`)
    if (all.length === 1) return first
    const leading = all.find(({ voice_url }) => voice_url === wanted.voice)
    return leading ?? wrong(WHAT, `none of the account's ${all.length} numbers leads here: name one as PHONE_NUMBER`)
  }

  /** An address elsewhere is somebody's choice, and stays. */
  const fallbackOf = ({ voice_fallback_url: set }: TwilioNumber) =>
    set && set !== wanted.voice ? {} : { VoiceFallbackUrl: wanted.voice, VoiceFallbackMethod: 'POST' }

  async function mended(one: TwilioNumber, problems: readonly string[], signal: AbortSignal): Promise<Finding> {
    const { phone_number: shown } = one
    // Calls come here without a fallback, too.
    const tell = problems.length > 0 ? wrong : note
    const wrongs = [...problems, ...(one.voice_fallback_url ? [] : [NO_FALLBACK])]
    const told = `${shown}: ${wrongs.join('; ')}`
    if (!fix) return tell(WHAT, `${told}. \`npm run doctor -- --fix\` sets ${problems.length > 0 ? 'them' : 'it'}`)
    // What took its calls until now takes none any more: whoever types must know that.
    const detached = [...(one.trunk_sid ? ['SIP trunk'] : []), ...(one.voice_application_sid ? ['TwiML app'] : [])]
    const besides = detached.length > 0 ? `, and detach its ${detached.join(' and ')}` : ''
    const fallback = fallbackOf(one)
    const beside = 'VoiceFallbackUrl' in fallback ? ', the first also where it fails' : ''
    if (!(await fix(`Set the webhooks of ${shown} to ${wanted.voice} and ${wanted.status}${beside}${besides}?`)))
      return tell(WHAT, `${told}. Nothing was changed`)
    const body = new URLSearchParams({
      ...{ VoiceUrl: wanted.voice, VoiceMethod: 'POST', StatusCallback: wanted.status, StatusCallbackMethod: 'POST' },
      ...fallback,
      ...(one.trunk_sid && { TrunkSid: '' }),
      ...(one.voice_application_sid && { VoiceApplicationSid: '' }),
    })
    const init = { method: 'POST', body: body.toString() }
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await ask(`${api}/${sid}/IncomingPhoneNumbers/${one.sid}.json`, { ...init, headers: form }, signal)
    const changed = number.safeParse(answer.json)
    return answer.status === 200 && changed.success && isWell(changed.data)
      ? ok(WHAT, `the webhooks of ${shown} were set`)
      : wrong(WHAT, `the webhooks of ${shown} could not be set (${answer.status}): set them in Twilio's console`)
  }

  return {
    what: WHAT,
    todo: 'may this machine reach api.twilio.com?',
    async run(signal) {
      if (standIns.includes('Twilio')) return [note(WHAT, 'TWILIO_AUTH_TOKEN is not set: the sandbox stands in')]
      if (sid === undefined)
        return [note(WHAT, "TWILIO_ACCOUNT_SID is not set: the token and the number's webhooks are not looked at")]
      const asked = await ask(`${api}/${sid}.json`, { headers }, signal)
      const refused = refusalOf(asked)
      if (refused) return [refused]
      const read = account.safeParse(asked.json)
      if (!read.success) return [wrong(WHAT, 'its answer cannot be read: is a proxy in the way?')]
      if (read.data.status !== 'active')
        return [wrong(WHAT, `the account is ${read.data.status}: see Twilio's console`)]
      const trial =
        read.data.type === 'Trial' ? [note(WHAT, 'a trial account: callers hear a notice of Twilio first')] : []
      const filter = PHONE_NUMBER === undefined ? '' : `&PhoneNumber=${encodeURIComponent(PHONE_NUMBER)}`
      const listed = await ask(`${api}/${sid}/IncomingPhoneNumbers.json?PageSize=${PAGE}${filter}`, { headers }, signal)
      const found = numbers.safeParse(listed.json)
      if (!found.success) return [...trial, refusalOf(listed) ?? wrong(WHAT, 'its numbers cannot be read')]
      const one = chosen(found.data.incoming_phone_numbers)
      if ('kind' in one) return [...trial, one]
      const problems = problemsOf(one)
      const well =
        problems.length > 0 ? [] : [ok(WHAT, `the token is taken, and ${one.phone_number} leads to ${PUBLIC_URL}`)]
      return [...trial, ...well, ...(isWell(one) ? [] : [await mended(one, problems, signal)])]
    },
  }
}

function refusalOf({ status, isPage }: Answer): Finding | undefined {
  if (isPage) return wrong(WHAT, `api.twilio.com answers with a web page (${status}): is a proxy in the way?`)
  if (status === 401 || status === 403)
    return wrong(WHAT, `the account is refused (${status}): check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN`)
  if (status === 404) return wrong(WHAT, 'there is no such account: check TWILIO_ACCOUNT_SID')
  return status === 200 ? undefined : wrong(WHAT, `api.twilio.com fails (${status}): see status.twilio.com`)
}
