import { fractionsInFigures } from '../speech/fractions-in-figures.ts'
import { isOne, NUMBER } from './number-words.ts'

/** One of a unit and many of it, by its sign. Signs are read as they are written, capitals and all. */
const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  ...{ mm: ['millimeter', 'millimeters'], cm: ['centimeter', 'centimeters'], km: ['kilometer', 'kilometers'] },
  ...{ m: ['meter', 'meters'], mi: ['mile', 'miles'], yd: ['yard', 'yards'], ft: ['foot', 'feet'] },
  ...{ tbsp: ['tablespoon', 'tablespoons'], tsp: ['teaspoon', 'teaspoons'] },
  ...{ '′': ['foot', 'feet'], '″': ['inch', 'inches'], 'in.': ['inch', 'inches'] },
  ...{ mg: ['milligram', 'milligrams'], g: ['gram', 'grams'], kg: ['kilogram', 'kilograms'] },
  ...{ lb: ['pound', 'pounds'], lbs: ['pound', 'pounds'], oz: ['ounce', 'ounces'], ml: ['milliliter', 'milliliters'] },
  ...{
    mL: ['milliliter', 'milliliters'],
    cl: ['centiliter', 'centiliters'],
    l: ['liter', 'liters'],
    L: ['liter', 'liters'],
  },
  ...{
    psi: ['psi', 'psi'],
    kPa: ['kilopascal', 'kilopascals'],
    Pa: ['pascal', 'pascals'],
    mpg: ['mile per gallon', 'miles per gallon'],
  },
  ...{ 'sq. ft.': ['square foot', 'square feet'], m2: ['square meter', 'square meters'], ha: ['hectare', 'hectares'] },
  ...{ 'ft.': ['foot', 'feet'], 'lb.': ['pound', 'pounds'], 'lbs.': ['pound', 'pounds'], 'oz.': ['ounce', 'ounces'] },
  ...{ 'fl oz': ['fluid ounce', 'fluid ounces'], 'sq ft': ['square foot', 'square feet'] },
  ...{ 'm²': ['square meter', 'square meters'], 'km²': ['square kilometer', 'square kilometers'] },
  ...{ 'ft²': ['square foot', 'square feet'], 'm³': ['cubic meter', 'cubic meters'] },
  ...{ '°C': ['degree Celsius', 'degrees Celsius'], '°F': ['degree Fahrenheit', 'degrees Fahrenheit'] },
  ...{ '℃': ['degree Celsius', 'degrees Celsius'], '℉': ['degree Fahrenheit', 'degrees Fahrenheit'] },
  ...{ '°': ['degree', 'degrees'], '%': ['percent', 'percent'], '‰': ['per mille', 'per mille'] },
  ...{ 'km/h': ['kilometer per hour', 'kilometers per hour'], kmh: ['kilometer per hour', 'kilometers per hour'] },
  ...{ kph: ['kilometer per hour', 'kilometers per hour'], mph: ['mile per hour', 'miles per hour'] },
  ...{ 'm/s': ['meter per second', 'meters per second'], rpm: ['turn per minute', 'turns per minute'] },
  ...{ KB: ['kilobyte', 'kilobytes'], kB: ['kilobyte', 'kilobytes'], MB: ['megabyte', 'megabytes'] },
  ...{
    GB: ['gigabyte', 'gigabytes'],
    TB: ['terabyte', 'terabytes'],
    kbps: ['kilobit per second', 'kilobits per second'],
  },
  ...{ Mbps: ['megabit per second', 'megabits per second'], Gbps: ['gigabit per second', 'gigabits per second'] },
  ...{ Hz: ['hertz', 'hertz'], kHz: ['kilohertz', 'kilohertz'], MHz: ['megahertz', 'megahertz'] },
  ...{ GHz: ['gigahertz', 'gigahertz'], W: ['watt', 'watts'], kW: ['kilowatt', 'kilowatts'], V: ['volt', 'volts'] },
  ...{
    MW: ['megawatt', 'megawatts'],
    kWh: ['kilowatt hour', 'kilowatt hours'],
    mAh: ['milliampere hour', 'milliampere hours'],
  },
  ...{ kcal: ['kilocalorie', 'kilocalories'], cal: ['calorie', 'calories'], dB: ['decibel', 'decibels'] },
  ...{ h: ['hour', 'hours'], hr: ['hour', 'hours'], hrs: ['hour', 'hours'], min: ['minute', 'minutes'] },
  ...{ mins: ['minute', 'minutes'], sec: ['second', 'seconds'], secs: ['second', 'seconds'], s: ['second', 'seconds'] },
  ...{ ms: ['millisecond', 'milliseconds'], wk: ['week', 'weeks'], wks: ['week', 'weeks'], mo: ['month', 'months'] },
  ...{ mos: ['month', 'months'], yr: ['year', 'years'], yrs: ['year', 'years'], px: ['pixel', 'pixels'] },
}
const SIGNS = Object.keys(UNITS)
  .toSorted((a, b) => b.length - a.length)
  .map(sign => sign.replaceAll('.', '\\.'))
  .join('|')
const WITH_UNIT = new RegExp(
  `(?<![\\p{L}\\d.,])(${NUMBER})([ -]?)(${SIGNS})(?![\\p{L}\\p{N}²³]|[.'’]\\p{L})(\\.(?= \\p{Ll}))?`,
  'gu',
)
const FEET_AND_INCHES = /(?<![\w.,])(\d{1,2})(?:['′’]|ft) ?(\d{1,2})(?:["″”]|in\b)/g
const PART = new RegExp(
  `(?<![\\w.,])((?:\\d{1,4} )?\\d{1,4}/\\d{1,4})(-| {0,2})(${SIGNS})(?![\\p{L}\\p{N}²³]|[.'’]\\p{L})`,
  'gu',
)
const FEET = /(?<![\w.,])(\d{1,3})['’](?= (?:tall|high|wide|long|deep)\b)/g
const PER: Readonly<Record<string, string>> = {
  ...{
    h: 'hour',
    hr: 'hour',
    hour: 'hour',
    d: 'day',
    day: 'day',
    wk: 'week',
    week: 'week',
    mo: 'month',
    month: 'month',
  },
  ...{ yr: 'year', year: 'year', min: 'minute', minute: 'minute', s: 'second', sec: 'second', night: 'night' },
  ...{ person: 'person', kg: 'kilogram', g: 'gram', lb: 'pound', oz: 'ounce', l: 'liter', L: 'liter', km: 'kilometer' },
  ...{ mi: 'mile', mile: 'mile', item: 'item', unit: 'unit', piece: 'piece', user: 'user' },
}
const EACH = /(?<=[\p{L}\d)]) ?\/ ?([A-Za-z]{1,6})(?![\p{L}\p{N}/])/gu

/** Units behind a fraction in figures: "1/4 teaspoon", "2 1/2 cups". */
export function partsOfUnits(text: string): string {
  return fractionsInFigures(text).replace(PART, (whole, fraction: string, joint: string, sign: string) => {
    const unit = UNITS[sign]
    if (!unit || sign === '%') return whole
    return `${fraction} ${joint === '-' || !fraction.includes(' ') ? unit[0] : unit[1]}`
  })
}

/** Numbers with units: "5 kilometers", and the units of prices and rates: "per hour". Numbers stay in figures. */
export function unitsInWords(text: string): string {
  return text
    .replace(FEET_AND_INCHES, (_, feet: string, inches: string) => `${feet} foot ${inches}`)
    .replace(FEET, (_, feet: string) => `${feet} feet`)
    .replace(WITH_UNIT, (whole, number: string, joint: string, sign: string, _, at: number, all: string) => {
      const unit = UNITS[sign]
      if (!unit) return whole
      const isEnd =
        sign.endsWith('.') && /^["')\]]*(?:$| \p{Lu})/u.test(all.slice(at + whole.length, at + whole.length + 6))
      return `${number} ${isOne(number) || joint === '-' ? unit[0] : unit[1]}${isEnd ? '.' : ''}`
    })
    .replace(EACH, (whole, sign: string) => (PER[sign] === undefined ? whole : ` per ${PER[sign]}`))
}
