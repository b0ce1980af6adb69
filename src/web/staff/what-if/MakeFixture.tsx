export function MakeFixture(_props: Readonly<Record<string, unknown>>) {
  return null
}
