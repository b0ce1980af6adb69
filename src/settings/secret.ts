const HAS_CONTROL = /\p{Cc}/u
const IS_ASCII = /^[\x20-\x7e]*$/
const IS_JSON = /^\{/
const IS_PATH = /[/\\]/

/**
 * Why a secret cannot be sent in a header, where it cannot: what would be thrown there quotes it. The secret is never in the
 * answer. White space around it does not count. JSON is no header, and the name of a file may be in any script.
 */
export function wrongSecret(value: string): string | undefined {
  const secret = value.trim()
  if (secret === '') return 'has nothing but white space: put the key there, or take the setting out'
  if (IS_JSON.test(secret)) return undefined
  if (HAS_CONTROL.test(secret)) return 'has a line break or another control character in it: copy it again, alone'
  if (!IS_ASCII.test(secret) && !IS_PATH.test(secret)) return 'has a character that no key has: copy it again, alone'
  return undefined
}
