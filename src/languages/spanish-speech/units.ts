import { partsOfUnitsBy, type Units, type UnitWords, unitsBy } from '../speech/units.ts'

const man = (one: string, many = `${one}s`): UnitWords => [`un ${one}`, many]
const woman = (one: string, many = `${one}s`): UnitWords => [`una ${one}`, many]
const DEGREE: UnitWords = ['un grado', 'grados']
const CELSIUS: UnitWords = ['un grado centígrado', 'grados centígrados']

const UNITS: Units = {
  units: {
    ...{ mm: man('milímetro'), cm: man('centímetro'), m: man('metro'), km: man('kilómetro') },
    ...{ mg: man('miligramo'), g: man('gramo'), kg: man('kilo'), t: woman('tonelada') },
    ...{ ml: man('mililitro'), cl: man('centilitro'), l: man('litro'), L: man('litro') },
    ...{ 'm²': man('metro cuadrado', 'metros cuadrados'), m2: man('metro cuadrado', 'metros cuadrados') },
    ...{ 'km²': man('kilómetro cuadrado', 'kilómetros cuadrados'), 'm³': man('metro cúbico', 'metros cúbicos') },
    ...{ '°C': CELSIUS, ºC: CELSIUS, '℃': CELSIUS, '°': DEGREE, '°F': man('grado Fahrenheit', 'grados Fahrenheit') },
    ...{ '%': ['uno por ciento', 'por ciento'], '‰': ['uno por mil', 'por mil'] },
    ...{
      'km/h': man('kilómetro por hora', 'kilómetros por hora'),
      'm/s': man('metro por segundo', 'metros por segundo'),
    },
    ...{ KB: man('kilobyte'), kB: man('kilobyte'), MB: man('megabyte'), GB: man('gigabyte'), TB: man('terabyte') },
    ...{ Hz: man('hercio'), kHz: man('kilohercio'), MHz: man('megahercio'), GHz: man('gigahercio') },
    ...{ W: man('vatio'), kW: man('kilovatio'), kWh: man('kilovatio hora', 'kilovatios hora'), V: man('voltio') },
    ...{
      Mbps: man('megabit por segundo', 'megabits por segundo'),
      Gbps: man('gigabit por segundo', 'gigabits por segundo'),
    },
    ...{ Pa: man('pascal', 'pascales'), ha: woman('hectárea'), mAh: man('miliamperio hora', 'miliamperios hora') },
    ...{ dB: man('decibelio'), kcal: woman('kilocaloría'), cal: woman('caloría') },
    ...{ min: man('minuto'), 'min.': man('minuto'), s: man('segundo'), seg: man('segundo'), 'seg.': man('segundo') },
    ...{ ms: man('milisegundo'), 'uds.': woman('unidad', 'unidades'), 'ud.': woman('unidad', 'unidades') },
  },
  per: 'por',
  each: {
    ...{ h: 'hora', hora: 'hora', día: 'día', dia: 'día', semana: 'semana', mes: 'mes', año: 'año', min: 'minuto' },
    ...{ s: 'segundo', noche: 'noche', persona: 'persona', kg: 'kilo', g: 'gramo', l: 'litro', L: 'litro' },
    ...{ km: 'kilómetro', unidad: 'unidad', ud: 'unidad' },
  },
}

/** Numbers with units, and the units of rates: "cinco kilómetros por hora". */
export const unitsInWords = unitsBy(UNITS)

const parts = partsOfUnitsBy(UNITS)
/** "medio litro", but "un cuarto de litro". */
const PART_OF =
  /(?<!\d ?)(?<![.,/])(\d{1,3}\/(?!2 )\d{1,3}) (?=(?:litro|kilo|gramo|metro|kilómetro|mililitro|tonelada|hora)s?(?!\p{L}))/gu

/** Units behind fractions in figures: "1/4 de litro", "2 1/2 kilos". */
export const partsOfUnits = (text: string): string => parts(text).replace(PART_OF, '$1 de ')
