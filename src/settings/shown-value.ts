/** The value for an error message. Secrets are never shown. */
export function shownValue(path: readonly PropertyKey[], given: Readonly<Record<string, string | undefined>>): string {
  const name = String(path[0])
  const value = given[name] ?? ''
  return /KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS|DATABASE_URL|HEADERS/.test(name) || value.includes('@')
    ? 'not shown'
    : JSON.stringify(value)
}
