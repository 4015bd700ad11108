/** How text is compared when people look for it: small letters without accents, one space between words; as `fold_text` in SQL. */
export const foldText = (given: string): string =>
  given
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
    .replaceAll(/[øłđðħı]/g, (letter) => PLAIN[letter] ?? letter)
    .replaceAll(/[\s'’.,;:()"-]+/g, ' ')
    .trim()

const PLAIN: Readonly<Record<string, string>> = { ø: 'o', ł: 'l', đ: 'd', ð: 'd', ħ: 'h', ı: 'i' }
