const listed = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))

/**
 * Words of a question that say nothing of what it is about, by language: with them every document would be found. Without
 * accents, as `folded` leaves them.
 */
export const STOP_WORDS = {
  en: listed(`
    a about after again all also am an and any are aren as at be because been before being both but by can cannot could
    couldn did didn do does doesn doing don down during each else ever few for from further get give go going gonna got had
    has hasn have haven having he hello hello her here hey hi his how however i if in into is isn it its itself just kind
    know let like ll look make many may maybe me mean might more most much must my myself need no nor not now of off oh ok
    okay on once one only or other our out over own per please question re really right s said same say see shall she should
    shouldn so some something sort still such sure t take tell than thank thanks that the their them then there these they
    thing things think this those through to too uh um under until up us ve very wanna want wanted was wasn we well were weren
    what whatever when where whether which while who whom whose why will with won wonder wondering would wouldn yeah yes
    yet you your yours yourself back everything everybody everyone anybody anyone somebody someone nobody happen happens good
    people person use used using uses become comes come give gives given makes made getting gets says`),
  de: listed(`
    aber alle allem allen aller alles als also am an ander andere auch auf aus bei beim bin bis bist bitte da dafur damit
    dann das dass dazu dein deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du durch
    ein eine einem einen einer eines einmal er es etwas euch euer eure fragen frage fur gab geben gegen geht genau gerne
    gibt habe haben hallo hat hatte hatten hatte hier hin ich ihm ihn ihnen ihr ihre ihrem ihren im in ins irgend ist ja jede
    jedem jeden jeder jetzt kann kannst kein keine keinen konnen konnte konnten konnte machen macht mal man mehr mein meine
    meinem meinen mich mir mit mochte mochten moment muss mussen nach nein nicht nichts noch nun nur ob oder ohne sagen
    schon sehr sein seine seinem seinen seiner selbst sich sie sind so soll sollen sollte sondern um und uns unser unsere
    vom von vor wann war waren warum was weil welche welchem welchen welcher welches wem wen wenn wer werde werden weshalb
    wie wieso wieviel will wir wird wissen wo wofur woher wohin wollen wollte wurde wurden zu zum zur`),
  es: listed(`
    a al algo algun alguna algunas algunos alla alli ante aqui asi aun bien buenas buenos cada como con contra cual cuales
    cualquier cuando cuanta cuantas cuanto cuantos de decir del desde dia dime donde dos e el ella ellas ellos en entonces
    entre era eres es esa esas ese eso esos esta estaba estan estar estas este esto estos estoy fue fueron gracias gustaria
    ha haber hace hacer han hasta hay haya he hola la las le les lo los mas me mi mia mio mis mucha muchas mucho muchos muy
    nada ni no nos nosotros o os otra otras otro otros para pero pregunta podria poco por porque puede puedo pues que
    querer queria quien quienes quiero quisiera saber se sea ser si sido sin sobre son soy su sus tal tambien tan tanto te
    tener tengo ti tiene tienen toda todas todo todos tu tus un una unas uno unos usted ustedes va vale vamos voy y ya yo`),
} as const

export type WordLanguage = keyof typeof STOP_WORDS
export const WORD_LANGUAGES = Object.keys(STOP_WORDS) as readonly WordLanguage[]
