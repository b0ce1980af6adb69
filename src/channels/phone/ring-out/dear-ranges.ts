/**
 * Beginnings of numbers that cost whoever rings them more than others of their country, or whose owner gets a share of it.
 * Sources: the premium and shared-cost ranges of libphonenumber's metadata for these countries, the ITU's list of codes that
 * belong to no country (E.164, annex), and the members of the North American plan beside the USA and Canada, to which calls
 * are international. No list is whole: Twilio's geographic permissions are the second one.
 */
export const DEAR_RANGES: readonly string[] = [
  // Shared cost, personal, satellites, networks without a country, and premium, of no country.
  ...['+808', '+870', '+878', '+881', '+882', '+883', '+888', '+979'],
  // North America: premium, and islands that begin with +1.
  ...['+1900', '+1242', '+1246', '+1264', '+1268', '+1284', '+1340', '+1345', '+1441', '+1473', '+1649', '+1658'],
  ...['+1664', '+1670', '+1671', '+1684', '+1721', '+1758', '+1767', '+1784', '+1809', '+1829', '+1849', '+1868'],
  ...['+1869', '+1876', '+1500', '+1700'],
  // Great Britain: shared cost, premium, personal numbers.
  ...['+44843', '+44844', '+44845', '+44870', '+44871', '+44872', '+44873', '+449', '+4470'],
  // Germany, Austria, Switzerland.
  ...['+49900', '+49137', '+49138', '+49180', '+49118', '+49190', '+49700'],
  ...['+43900', '+43901', '+43930', '+43931', '+43939', '+43810', '+43820', '+43821', '+43118'],
  ...['+41900', '+41901', '+41906', '+4184', '+4118'],
  // Spain.
  ...['+34803', '+34806', '+34807', '+34905', '+34907', '+34901', '+34902', '+34118'],
]
