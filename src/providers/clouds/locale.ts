/** A language with its most likely region: `en` is `en-US`, `de` is `de-DE`. One that has a region keeps it. */
export function localeOf(language: string): string {
  const { language: spoken, region } = new Intl.Locale(language).maximize()
  return region === undefined ? spoken : `${spoken}-${region}`
}
