import {
  KNOWN_MODELS,
  type Price,
  type PricesInForce,
  pricesFor,
  seconds,
  type TokenPrices,
  tokens,
} from '../costs/prices.ts'

/** The prices as they would be. */
export type OtherPrices = (prices: PricesInForce) => PricesInForce

/** What is wrong with `--what-if`, in words. */
export class PriceError extends Error {
  override readonly name = 'PriceError'
}

const SOURCE = '--what-if'
const MILLION = 1_000_000

/** What each provider's price is given as. */
export const HOW_PRICED: Readonly<Record<string, string>> = {
  twilio: 'LINE or LINE/STREAM, in USD a minute',
  livekit: 'USD a minute of a participant',
  deepgram: 'USD a minute',
  openai: "IN/OUT or IN/CACHED/OUT, in USD a million tokens, or a model's name",
  cartesia: 'USD a million characters',
  gemini: 'IN/OUT, in USD a million tokens',
}

/** Reads `deepgram=0.0040`, `openai=0.10/0.40`, `openai=gpt-4.1-mini`. Throws PriceError. */
export function otherPrices(given: readonly string[]): OtherPrices {
  const changes = given.map(changeOf)
  return prices => changes.reduce((changed, change) => change(changed), prices)
}

function changeOf(text: string): OtherPrices {
  const [name = '', value = '', ...more] = text.split('=')
  const provider = name.trim().toLowerCase()
  const how = HOW_PRICED[provider]
  if (how === undefined) throw new PriceError(`--what-if: "${name}" is none of ${Object.keys(HOW_PRICED).join(', ')}`)
  const wrong = (): never => {
    throw new PriceError(`--what-if: "${text}" must be ${provider}=PRICE, where PRICE is ${how}`)
  }
  if (more.length > 0 || value === '') wrong()
  if (provider === 'openai' && KNOWN_MODELS.includes(value)) return prices => withModel(prices, value)
  const usd = value.split('/').map(part => (/^\d{1,6}(?:\.\d{1,8})?$/.test(part) ? Number(part) : wrong()))
  const [first = 0, second, third] = usd
  const isOne = usd.length === 1
  const minute = (amount: number): Price => ({ ...seconds(amount, SOURCE), per: 1, unit: 'minute' })
  switch (provider) {
    case 'twilio':
      return usd.length > 2
        ? wrong()
        : ({ carrier, ...prices }) => ({
            ...prices,
            carrier: {
              ...carrier,
              voice: minute(first),
              stream: second === undefined ? carrier.stream : minute(second),
            },
          })
    case 'livekit':
      return isOne ? prices => ({ ...prices, room: minute(first) }) : wrong()
    case 'deepgram':
      return isOne ? prices => ({ ...prices, speechToText: seconds(first, SOURCE) }) : wrong()
    case 'cartesia': {
      const voice: Price = { ...minute(first), per: MILLION, unit: 'character' }
      return isOne ? prices => ({ ...prices, voice }) : wrong()
    }
    case 'openai': {
      const model = tokenPrices(first, second ?? wrong(), third)
      return usd.length > 3 ? wrong() : prices => ({ ...prices, model })
    }
    case 'gemini': {
      const sight = tokenPrices(first, second ?? wrong(), third)
      return usd.length > 2 ? wrong() : prices => ({ ...prices, sight })
    }
    default:
      return wrong()
  }
}

function withModel(prices: PricesInForce, model: string): PricesInForce {
  const models = { ...prices.models, model }
  return { ...prices, models, model: pricesFor(models).model }
}

/** Two prices are of input and output; where no price of cached input is given it costs what other input does. */
const tokenPrices = (first: number, second: number, third: number | undefined): TokenPrices =>
  third === undefined ? tokens(SOURCE, first, first, second) : tokens(SOURCE, first, second, third)
