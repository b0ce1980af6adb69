import { abbreviationsBy } from '../speech/abbreviations.ts'

/** Abbreviations in full: "señora García", "avenida de América", "por ejemplo". */
export const abbreviationsInWords = abbreviationsBy({
  dotted: {
    ...{ 'p. ej.': 'por ejemplo', 'etc.': 'etcétera', 'ud.': 'usted', 'uds.': 'ustedes', 'vd.': 'usted' },
    ...{ 'ee. uu.': 'Estados Unidos', 'ee.uu.': 'Estados Unidos', 'aprox.': 'aproximadamente', 'máx.': 'máximo' },
    ...{ 'mín.': 'mínimo', 'tel.': 'teléfono', 'tfno.': 'teléfono', 'avda.': 'avenida', 'av.': 'avenida' },
    ...{
      'pza.': 'plaza',
      'ctra.': 'carretera',
      'dpto.': 'departamento',
      'depto.': 'departamento',
      'admón.': 'administración',
    },
    ...{ 'izq.': 'izquierda', 'dcha.': 'derecha', 'incl.': 'incluido', 'cía.': 'compañía', 'hnos.': 'hermanos' },
    ...{
      's. a.': 'S A',
      's. l.': 'S L',
      'a. c.': 'antes de Cristo',
      'd. c.': 'después de Cristo',
      'cp.': 'código postal',
      'c. p.': 'código postal',
      'jj. oo.': 'Juegos Olímpicos',
      'col.': 'colonia',
      'edif.': 'edificio',
      'urb.': 'urbanización',
      'prov.': 'provincia',
    },
  },
  titles: {
    ...{
      'Sr.': 'señor',
      'Sra.': 'señora',
      'Srta.': 'señorita',
      'Sres.': 'señores',
      'Dr.': 'doctor',
      'Dra.': 'doctora',
    },
    ...{ 'D.': 'don', 'Dª.': 'doña', 'Dña.': 'doña', 'Prof.': 'profesor', 'Profa.': 'profesora', 'Lic.': 'licenciado' },
    ...{ 'Ing.': 'ingeniero', 'Sta.': 'Santa', 'Sto.': 'Santo', 'Fdo.': 'firmado' },
  },
  stroked: {
    'c/': 'calle',
    'y/o': 'y o',
    vs: 'versus',
    'vs.': 'versus',
    eeuu: 'Estados Unidos',
    'rr.hh.': 'Recursos Humanos',
    'rr. hh.': 'Recursos Humanos',
    's/n': 'sin número',
    'a/c': 'a cargo de',
  },
  beforeNumber: {
    ...{ 'núm.': 'número', 'nro.': 'número', 'no.': 'número', 'pág.': 'página', 'págs.': 'páginas', 'p.': 'página' },
    ...{ 'art.': 'artículo', 'cap.': 'capítulo', 'vol.': 'volumen', 'fig.': 'figura', 'tel.': 'teléfono' },
    ...{ 'hab.': 'habitación', 'apto.': 'apartamento', 'ext.': 'extensión', 'km.': 'kilómetro' },
  },
  numberSign: /(?<![\p{L}\p{N}])(?:n\.?[º°o]|N\.?[º°]|№|#) ?(?=\d)/gu,
  number: 'número',
})
