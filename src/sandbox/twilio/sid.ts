/** A Twilio identifier: two letters for the kind (CA call, MZ stream, AC account) and 32 hexadecimal digits. */
export function twilioSid(kind: 'CA' | 'MZ' | 'AC', random: () => number): string {
  return kind + Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('')
}
