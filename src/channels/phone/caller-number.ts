/** Stands for a number that is withheld, or that is none. */
export const WITHHELD = 'anonymous'

/** What Twilio sends in place of a number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys. */
const STAND_INS = new Set(['+266696687', '+7378742833', '+2562533', '+8656696', '+86282452253'])
const E164 = /^\+[1-9]\d{6,14}$/

/** The caller's number as Twilio's `From` has it, or `WITHHELD`. */
export const callerNumber = (from: string): string => (E164.test(from) && !STAND_INS.has(from) ? from : WITHHELD)

/** Whose things a call is about: its number's, or, where that is withheld, those of this call alone. */
export const ownerOf = (from: string, callId: string): string => (from === WITHHELD ? callId : from)
