import { partsOfUnitsBy, type Units, type UnitWords, unitsBy } from '../speech/units.ts'

const same = (name: string): UnitWords => [`ein ${name}`, name]
const woman = (one: string, many: string): UnitWords => [`eine ${one}`, many]
const HOUR = woman('Stunde', 'Stunden')
const MINUTE = woman('Minute', 'Minuten')
const SECOND = woman('Sekunde', 'Sekunden')

const UNITS: Units = {
  units: {
    ...{ mm: same('Millimeter'), cm: same('Zentimeter'), m: same('Meter'), km: same('Kilometer') },
    ...{ mg: same('Milligramm'), g: same('Gramm'), kg: same('Kilogramm'), t: woman('Tonne', 'Tonnen') },
    ...{ ml: same('Milliliter'), cl: same('Zentiliter'), l: same('Liter'), L: same('Liter') },
    ...{ 'm²': same('Quadratmeter'), qm: same('Quadratmeter'), 'km²': same('Quadratkilometer') },
    ...{
      'm³': same('Kubikmeter'),
      '°C': same('Grad Celsius'),
      '℃': same('Grad Celsius'),
      '°F': same('Grad Fahrenheit'),
    },
    ...{ '°': same('Grad'), '%': same('Prozent'), '‰': same('Promille'), 'km/h': same('Kilometer pro Stunde') },
    ...{ 'm/s': same('Meter pro Sekunde'), kB: same('Kilobyte'), KB: same('Kilobyte'), MB: same('Megabyte') },
    ...{ GB: same('Gigabyte'), TB: same('Terabyte'), 'Mbit/s': same('Megabit pro Sekunde'), Hz: same('Hertz') },
    ...{
      kHz: same('Kilohertz'),
      MHz: same('Megahertz'),
      GHz: same('Gigahertz'),
      W: same('Watt'),
      kW: same('Kilowatt'),
    },
    ...{ kWh: woman('Kilowattstunde', 'Kilowattstunden'), V: same('Volt'), A: same('Ampere'), dB: same('Dezibel') },
    ...{
      kcal: woman('Kilokalorie', 'Kilokalorien'),
      Std: HOUR,
      'Std.': HOUR,
      min: MINUTE,
      'Min.': MINUTE,
      Min: MINUTE,
    },
    ...{ s: SECOND, Sek: SECOND, 'Sek.': SECOND, ms: woman('Millisekunde', 'Millisekunden') },
    ...{
      m2: same('Quadratmeter'),
      Mbps: same('Megabit pro Sekunde'),
      Gbps: same('Gigabit pro Sekunde'),
      bar: same('Bar'),
    },
    ...{
      PS: same('PS'),
      Pa: same('Pascal'),
      ha: same('Hektar'),
      Zoll: same('Zoll'),
      mAh: woman('Milliamperestunde', 'Milliamperestunden'),
    },
    ...{ EL: same('Esslöffel'), TL: same('Teelöffel'), 'St.': same('Stück'), 'Stk.': same('Stück') },
  },
  per: 'pro',
  each: {
    ...{ h: 'Stunde', Std: 'Stunde', Stunde: 'Stunde', Tag: 'Tag', Woche: 'Woche', Monat: 'Monat', Jahr: 'Jahr' },
    ...{ min: 'Minute', Min: 'Minute', s: 'Sekunde', Nacht: 'Nacht', Person: 'Person', kg: 'Kilogramm', g: 'Gramm' },
    ...{ l: 'Liter', L: 'Liter', km: 'Kilometer', qm: 'Quadratmeter', Stück: 'Stück' },
  },
}

/** Numbers with units, and the units of rates: "fünf Kilometer pro Stunde". */
export const unitsInWords = unitsBy(UNITS)

/** Units behind fractions in figures: "1/4 Liter". */
export const partsOfUnits = partsOfUnitsBy(UNITS)
