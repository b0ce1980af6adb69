const WEEKDAYS: Readonly<Record<string, string>> = {
  ...{ mon: 'Monday', tue: 'Tuesday', tues: 'Tuesday', wed: 'Wednesday', thu: 'Thursday', thur: 'Thursday' },
  ...{ thurs: 'Thursday', fri: 'Friday', sat: 'Saturday', sun: 'Sunday' },
}
const WEEKDAY =
  /(?<![\p{L}\p{N}])(Mon|Tues?|Wed|Thu(?:rs?)?|Fri)\b(?![\p{L}\p{N}'’])(?:\.(?=[,–—-]| [\p{Ll}\d]| (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)))?/gu
const WEEKEND =
  /(?<![\p{L}\p{N}])(Sat|Sun)\b\.?(?=,? (?:\d|the [a-z-]{4,20} of|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?: (?:and|or|&) |\/)(?:Sat|Sun)\b| ?[–—-] ?[\p{Lu}\d])|(?<=(?:(?:day|Mon|Tues?|Wed|Thu|Fri|Sat)\.? ?[–—-] ?|(?:Sat|Sun)\.?(?: (?:and|or|&) |\/)))(Sat|Sun)\b(?:\.(?= [\p{Ll}\d]))?/gu
const WORKING_DAYS = /(?<![\p{L}\p{N}])M ?[–—-] ?F(?=,? \d|: )/gu
const WEEKDAY_RANGE = /(?<=day) ?[–—-] ?(?=(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)/g

/** Weekdays in full: "Monday to Friday". */
export function weekdaysInWords(text: string): string {
  return text
    .replace(WORKING_DAYS, 'Monday to Friday')
    .replace(WEEKDAY, (_, day: string) => WEEKDAYS[day.toLowerCase()] ?? day)
    .replace(WEEKEND, (_, day?: string, after?: string) => WEEKDAYS[(day ?? after ?? '').toLowerCase()] ?? '')
    .replace(WEEKDAY_RANGE, ' to ')
}
