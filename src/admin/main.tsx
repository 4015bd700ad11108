import './no-eval.ts'
import { createDOMRenderer, FluentProvider, RendererProvider } from '@fluentui/react-components'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@fontsource/inter/latin-400.css'
import '@fontsource/inter/latin-500.css'
import '@fontsource/inter/latin-600.css'
import '@fontsource/inter/latin-700.css'
import '@fontsource/inter/latin-ext-400.css'
import '@fontsource/inter/latin-ext-600.css'
import './theme/base.css'
import { queryClient } from './data/query.ts'
import { router } from './router.tsx'
import { THEMES, useLook } from './theme/theme.ts'
import { startLanguage } from './words/language.ts'
import { useLanguage } from './words/use.tsx'

// The Content-Security-Policy lets in only style sheets with this answer's nonce (src/api/console.ts).
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce } })

startLanguage()

function App() {
  return (
    <RendererProvider renderer={renderer}>
      <FluentProvider theme={THEMES[useLook()]} className="app" dir="ltr" lang={useLanguage()}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </FluentProvider>
    </RendererProvider>
  )
}

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
