/** A Twilio identifier: two letters for the kind (CA a call, MZ a stream, AC an account) and 32 hexadecimal digits. */
export function twilioSid(kind: 'CA' | 'MZ' | 'AC', random: () => number): string {
  return kind + Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
}
