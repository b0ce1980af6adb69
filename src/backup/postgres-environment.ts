/** What the parts of a URL are called in libpq's environment (PostgreSQL's documentation, 34.15). */
const PARAMETERS: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  dbname: 'PGDATABASE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  options: 'PGOPTIONS',
}

/** A postgres:// URL as PostgreSQL's programs take it from their environment. */
export function postgresEnvironment(url: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url)
  const own = { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: pathname.slice(1) }
  const named = [...searchParams].flatMap(([name, value]) => {
    const variable = PARAMETERS[name]
    return variable === undefined ? [] : [[variable, value] as const]
  })
  const parts = Object.entries(own).map(([name, value]) => [name, decodeURIComponent(value)] as const)
  return Object.fromEntries([...parts, ...named].filter(([, value]) => value !== ''))
}
