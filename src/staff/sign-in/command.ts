import { hashOf } from '../../pins/pin-hash.ts'
import { readSecret } from '../../pins/read-secret.ts'
import { PASSWORD_COST, SHORTEST_PASSWORD } from './passwords.ts'

const USAGE = `Makes the hash of a password for the staff's page.
  npm run staff:password            asks for the password; or pipe one line in
Put the line that it prints into .env: for listeners, who hear calls, or for supervisors, who also act.`

const print = (text: string): void => {
  process.stderr.write(text)
}

async function main(): Promise<void> {
  // Everybody on the machine can see a command line, and it stays in the shell's history.
  if (process.argv.length > 2) throw new Error(USAGE)
  const password = await readSecret(`Password (${SHORTEST_PASSWORD} characters or more): `, process.stdin, print)
  if ([...password].length < SHORTEST_PASSWORD)
    throw new Error(`A password needs ${SHORTEST_PASSWORD} characters or more.`)
  if (process.stdin.isTTY && (await readSecret('The same again: ', process.stdin, print)) !== password)
    throw new Error('The two are not the same.')
  print('One of these lines belongs into .env:\n')
  const hash = await hashOf(password.normalize('NFKC'), PASSWORD_COST)
  process.stdout.write(`STAFF_LISTENER_PASSWORD=${hash}\nSTAFF_SUPERVISOR_PASSWORD=${hash}\n`)
}

main().catch(error => {
  print(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
})
