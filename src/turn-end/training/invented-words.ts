const list = (words: string): readonly string[] => words.trim().split(/\s*[/\n]\s*/)

/** What fills the slots of the invented turns. */
export const FILLINGS: Readonly<Record<string, readonly string[]>> = {
  first:
    list(`James / Mary / Robert / Patricia / Ahmed / Linda / Michael / Barbara / Wei / Susan / David / Jessica / Carlos / Sarah
    Thomas / Karen / Priya / Nancy / Daniel / Lisa / Hiroshi / Betty / Mark / Sandra / Fatima / Ashley / Steven / Emily / Ivan
    Donna / Joshua / Michelle / Kevin / Amanda / Brian / Elena / George / Melissa / Edward / Ingrid / Jason / Rebecca / Kofi`),
  last: list(`Smith / Johnson / Williams / Brown / Garcia / Miller / Davis / Rodriguez / Martinez / Wilson / Anderson / Taylor
    Moore / Jackson / Nguyen / Lee / Kim / Singh / Khan / Cohen / Novak / Rossi / Larsen / Dubois / Kowalski / Evans / Murphy`),
  place:
    list(`Boston / Denver / Seattle / London / Manchester / Dublin / Toronto / Sydney / Austin / Chicago / Miami / Phoenix
    New York / Los Angeles / San Diego / Santa Fe / Kansas City / Oxford / Bristol / Vancouver / Atlanta / Berlin / Paris / Vienna`),
  street:
    list(`Main Street / Park Avenue / Oak Drive / Church Road / High Street / Maple Lane / Washington Boulevard / Hill Court
    Second Street / Lake View Drive / Pine Road / Victoria Street / King's Way / Broadway / Cedar Avenue / Bridge Street`),
  weekday: list('Monday / Tuesday / Wednesday / Thursday / Friday / Saturday / Sunday'),
  month: list(
    'January / February / March / April / May / June / July / August / September / October / November / December',
  ),
  nth: list(`first / second / third / fourth / fifth / sixth / seventh / eighth / ninth / tenth / eleventh / twelfth / thirteenth
    fifteenth / eighteenth / twentieth / twenty first / twenty fourth / twenty seventh / thirtieth / thirty first`),
  hour: list('one / two / three / four / five / six / seven / eight / nine / ten / eleven / twelve'),
  past: list('fifteen / thirty / forty five / ten / twenty / oh five / fifty'),
  half: list('am / pm / in the morning / in the evening / at night / in the afternoon'),
  n: list(
    'one / two / three / four / five / six / seven / eight / ten / twelve / fourteen / twenty / thirty / forty / a hundred',
  ),
  kin: list(
    'my wife / my husband / my mother / my brother / my son / my boss / my daughter / a friend / the doctor / the manager',
  ),
  task: list(`call the bank / buy milk / wash the car / pay the rent / email the team / walk the dog / feed the cat / fix the sink
    book a hotel / clean the kitchen / print the report / review the contract / order pizza / water the lawn / check the mail
    call mom / sign the form / write the summary / pack for the trip / submit the expenses / change the filter / test the alarm
    visit grandma / return the library books / schedule the interview / prepare the presentation / get a haircut / buy a gift
    send the invoice / study for the exam / back up the laptop / renew the license / cancel the subscription / do the laundry
    pick up the kids / vacuum the stairs / finish the homework / proofread the article / call the school / measure the room`),
  topic:
    list(`contract / report / meeting / invoice / website / kitchen / party / car / presentation / interview / exam / trip
    proposal / project / rent / newsletter / homework / dentist / haircut / conference / hotel / flight / budget / laundry`),
  good: list(
    'piano lessons / yoga class / a blue sweater / batteries / bread / eggs / two tickets / a used bike / flowers / coffee',
  ),
  kind: list(`Italian / Mexican / Thai / Chinese / Indian / Greek / French / vegetarian / jazz / rock / pop / country
    blues / classical / comedy / horror / drama / action / sports / music / theater / economy / business class / compact
    standard / luxury / one way / round trip / indoor / outdoor / a doctor / a dentist / a museum / a park / cheap`),
  list: list('to do list / shopping list / work list / calendar / tasks / personal list / groceries'),
  urgency: list('high / low / normal / urgent / medium'),
  color: list('red / white / black / silver / green / yellow / gray'),
  brand: list('Toyota / Ford / Chevy / Volkswagen / Tesla / Mazda / Volvo / Fiat'),
  trouble:
    list(`is broken / does not work / makes a strange noise / keeps crashing / will not start / is leaking / has a crack
    was never delivered / was damaged / is too slow / does not turn on / stopped last night`),
  device: list(
    'phone / laptop / fridge / router / dishwasher / shower / television / heater / printer / door lock / oven',
  ),
  yes: list(
    'yes / yeah / yep / sure / okay / of course / absolutely / yes please / please do / correct / right / that is right',
  ),
  no: list('no / nope / no thanks / not really / no thank you / not now / I do not think so / never mind'),
  spelt: list(
    'S M I T H / J O N E S / L E E / K H A N / R O S S I / N O V A K / B R O W N / C L A R K E / W E B E R / P A T E L',
  ),
  domain: list(
    'gmail dot com / yahoo dot com / company dot com / outlook dot com / school dot edu / hotmail dot co dot uk',
  ),
  time: list(
    `{hour} {half} / {hour} {past} / {hour} {past} {half} / {hour} o'clock / half past {hour} / a quarter past {hour} / noon / {hour}`,
  ),
  date: list(`{weekday} / {month} {nth} / the {nth} of {month} / the {nth} / tomorrow / today / next {weekday} / this {weekday} / next week
    tonight / {weekday} morning / {weekday} afternoon / the day after tomorrow / next month / {weekday} the {nth} / in {n} days`),
  who: list('{first} / {first} {last} / {kin} / Mrs {last} / Mr {last} / Doctor {last}'),
}
