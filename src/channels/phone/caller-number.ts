/** Used in place of a number that is withheld or not valid. */
export const WITHHELD = 'anonymous'

/** Twilio's placeholders: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE typed on a phone's keys. */
const PLACEHOLDERS = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])
const E164 = /^\+[1-9]\d{6,14}$/

/** The caller's number as Twilio's `From` has it, or `WITHHELD`. */
export const callerNumber = (from: string): string => (E164.test(from) && !PLACEHOLDERS.has(from) ? from : WITHHELD)

/** The owner of the call's data: the caller's number, or the call itself if the number is withheld. */
export const ownerOf = (from: string, callId: string): string => (from === WITHHELD ? callId : from)
