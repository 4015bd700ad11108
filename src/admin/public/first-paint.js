/** Before anything is painted: the theme and the language that were chosen here, so that nothing flashes. */
;(() => {
  const root = document.documentElement
  const stored = (name) => {
    try {
      return localStorage.getItem(`ringfence.${name}`)
    } catch {
      return null
    }
  }
  const theme = stored('theme')
  const isDark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.dataset.theme = theme === 'contrast' ? 'contrast' : isDark ? 'dark' : 'light'
  const asked = new URLSearchParams(location.search).get('lang') ?? stored('language') ?? navigator.language
  root.lang = asked.startsWith('fr') ? 'fr' : 'en'
})()
