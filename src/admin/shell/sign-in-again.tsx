/** The session has ended while a page was open: signing in lies over the page, and what was typed stays. */
import { Dialog, DialogBody, DialogContent, DialogSurface, DialogTitle } from '@fluentui/react-components'
import { queryClient } from '../data/query.ts'
import { readMe, useSession } from '../data/session.ts'
import { SignInForm } from '../pages/sign-in/form.tsx'
import { useWords } from '../words/use.tsx'
import { shellWords } from './words.ts'

export function SignInAgain({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const t = useWords(shellWords)
  const { person } = useSession()
  async function goOn(): Promise<void> {
    const me = await readMe()
    // Somebody else's page is not theirs to see.
    if (me?.person?.id !== person.id) return location.assign('/')
    onSignedIn()
    await queryClient.invalidateQueries()
  }
  return (
    <Dialog open modalType="alert">
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('again')}</DialogTitle>
          <DialogContent className="k-confirm">
            <p>{t('againWhy')}</p>
            <SignInForm email={person.email} onSignedIn={goOn} />
          </DialogContent>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
